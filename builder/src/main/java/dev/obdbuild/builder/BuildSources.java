package dev.obdbuild.builder;

import dev.obdbuild.frontend.plan.ImageQuery;
import dev.obdbuild.frontend.plan.ResolvedImage;
import dev.obdbuild.frontend.plan.Sources;
import dev.obdbuild.frontend.plan.Warning;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.SourceLocation.LineRange;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.registry.ImageManifest;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.solver.progress.ProgressSink;
import dev.obdbuild.solver.progress.StatusProgress;
import dev.obdbuild.solver.progress.VertexProgress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a Dockerfile's frontend asks for: files of this host's folders and images of registries,
 * shown as the internal steps that BuildKit shows. Used for one plan.
 */
final class BuildSources implements Sources {

  private final Path definitionFolder;
  private final Path contextFolder;
  private final RegistryClient registry;
  private final ProgressSink sink;
  private final Map<Digest, Long> baseSizes = new ConcurrentHashMap<>();
  private final VertexProgress definition;

  BuildSources(
      DockerfilePlace dockerfile, Path contextFolder, RegistryClient registry, ProgressSink sink) {
    this.definitionFolder = dockerfile.folder();
    this.contextFolder = contextFolder;
    this.registry = registry;
    this.sink = sink;
    this.definition =
        VertexProgress.begin(sink, "[internal] load build definition from " + dockerfile.name());
  }

  @Override
  public Optional<byte[]> readFile(Graph tree, String path, int limit) throws IOException {
    Vertex result = tree.head().orElseThrow();
    if (!(result.op() instanceof SourceOp source)) {
      throw new IOException(path + " of " + result.meta().customName() + " is not in a folder");
    }
    return switch (source.identifier()) {
      case "local://dockerfile" -> {
        Optional<byte[]> found =
            read(definitionFolder.resolve(path), limit, definition, "transferring dockerfile:");
        if (found.isPresent()) {
          definition.complete();
        }
        yield found;
      }
      case "local://context" -> {
        VertexProgress step = VertexProgress.begin(sink, result.meta().customName());
        try {
          yield read(contextFolder.resolve(path), limit, step, "transferring context:");
        } finally {
          step.complete();
        }
      }
      default -> throw new IOException(source.identifier() + " needs a daemon");
    };
  }

  private static Optional<byte[]> read(Path file, int limit, VertexProgress step, String status)
      throws IOException {
    try (StatusProgress transfer = step.work().status(status)) {
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] content = in.readNBytes(limit);
        transfer.update(content.length, 0);
        return Optional.of(content);
      }
    }
  }

  @Override
  public ResolvedImage resolveImage(ImageQuery query) throws IOException {
    if (!(query.place() instanceof ImageQuery.InRegistry)) {
      throw new IOException("an image in an OCI layout needs a daemon");
    }
    Reference reference = query.reference();
    VertexProgress step = VertexProgress.begin(sink, query.stepName());
    try {
      ImageManifest image = registry.image(reference, query.platform());
      Descriptor config = image.manifest().config();
      ImageConfig parsed =
          ImageConfig.parse(
              registry.smallBlob(reference.where(), config), config.digest().toString());
      baseSizes.put(
          image.descriptor().digest(),
          image.manifest().layers().stream().mapToLong(Descriptor::size).sum());
      step.complete();
      return new ResolvedImage(reference, image.root().digest(), parsed);
    } catch (IOException e) {
      step.fail(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /** Shows what looks wrong in the Dockerfile. */
  void planned(List<Warning> warnings) {
    for (Warning warning : warnings) {
      definition
          .work()
          .warn(
              warning.toString(),
              List.of(warning.description()),
              warning.url(),
              Optional.empty(),
              List.of(new LineRange(warning.lines().first(), warning.lines().last())));
    }
  }

  /** Ends the step that a failure left open. */
  void abandon(String error) {
    definition.abandon(error);
  }

  /** Compressed bytes of all base images that were resolved. */
  long baseBytes() {
    return baseSizes.values().stream().mapToLong(Long::longValue).sum();
  }
}
