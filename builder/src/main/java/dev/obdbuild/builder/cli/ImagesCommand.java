package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.progress.Amount;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.snapshots.LocalImage;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obd-build images}. */
@Command(
    name = "images",
    description = "Lists the images of the local store.",
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  obd-build images", "  obd-build images -q"})
final class ImagesCommand implements Callable<Integer> {

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private RootFlag root = new RootFlag();

  @Option(
      names = {"-q", "--quiet"},
      description = "Print only the names.")
  private boolean quiet;

  @Override
  public Integer call() throws Exception {
    try (Engine engine = Session.open(root.options())) {
      Table table = new Table("NAME", "DIGEST", "UPDATED", "SIZE");
      for (LocalImage image : engine.snapshots().images().all()) {
        String name = Reference.parse(image.name()).familiar();
        if (quiet) {
          System.out.println(name);
        } else {
          table.row(
              name,
              image.manifest().hex().substring(0, 12),
              Ages.since(image.updated(), Instant.now()),
              Amount.rounded(image.size()));
        }
      }
      if (!quiet) {
        table.print(System.out);
      }
      return ExitCode.SUCCESS;
    }
  }
}
