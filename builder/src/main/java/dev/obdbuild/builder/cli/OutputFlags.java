package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.config.AnnotationSpec;
import dev.obdbuild.builder.config.BuildOptions;
import dev.obdbuild.builder.config.OutputSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What becomes of a build's result. */
final class OutputFlags {

  @Option(
      names = {"-t", "--tag"},
      paramLabel = "NAME",
      description =
          "Name of the image, such as app, app:1 or registry:5000/team/app:1. Repeatable.")
  private List<String> tags = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "SPEC",
      description =
          "Where the result goes: type=image|oci|docker|tar|local with dest=PATH and more"
              + " KEY=VALUE; DIR for its files in a folder; - for a tar on standard output."
              + " Repeatable.")
  private List<String> outputs = new ArrayList<>();

  @Option(
      names = "--annotation",
      paramLabel = "[TYPE:]K=V",
      description =
          "Annotation of the image; TYPE is manifest, index, manifest-descriptor or"
              + " index-descriptor, with [PLATFORM] if wanted. Repeatable.")
  private List<String> annotations = new ArrayList<>();

  @Option(names = "--push", description = "Push the image to the registries of its names.")
  private boolean push;

  @Option(
      names = "--load",
      description = "Keep the image in the local store (default without --push).")
  private boolean load;

  @Option(names = "--iidfile", paramLabel = "FILE", description = "Write the image's id to FILE.")
  private Optional<Path> iidFile = Optional.empty();

  @Option(
      names = "--metadata-file",
      paramLabel = "FILE",
      description = "Write digests and names to FILE, as JSON.")
  private Optional<Path> metadataFile = Optional.empty();

  BuildOptions.Output options() {
    if (push && tags.isEmpty() && outputs.stream().noneMatch(text -> text.contains("name="))) {
      throw new IllegalArgumentException("--push needs a name: add -t REGISTRY/NAME:TAG");
    }
    return new BuildOptions.Output(
        outputs.stream().map(OutputSpec::parse).toList(),
        tags,
        annotations.stream().flatMap(text -> AnnotationSpec.parse(text).stream()).toList(),
        push,
        load || !push && outputs.isEmpty(),
        iidFile,
        metadataFile);
  }
}
