package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.ImageLookup;
import dev.obdbuild.snapshots.VerifyReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code obd-build verify}. */
@Command(
    name = "verify",
    description =
        "Reads an image wholly: digests and checksums of its layers, then the filesystem (e2fsck).",
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%nArguments:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = "  obd-build verify app")
final class VerifyCommand implements Callable<Integer> {

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private RootFlag root = new RootFlag();

  @Parameters(paramLabel = "IMAGE", description = "Name of the image.")
  private String image = "";

  @Override
  public Integer call() throws Exception {
    try (Engine engine = Session.open(root.options());
        ImageLookup.Found found = new ImageLookup(engine).find(image)) {
      VerifyReport report = engine.snapshots().verify(found.snapshot());
      report.problems().forEach(p -> System.out.println("problem: " + p));
      System.out.println(
          report.layers()
              + " layers, "
              + report.blobs()
              + " local files: "
              + (report.ok() ? "ok" : "damaged"));
      return report.ok() ? ExitCode.SUCCESS : ExitCode.FAILED;
    }
  }
}
