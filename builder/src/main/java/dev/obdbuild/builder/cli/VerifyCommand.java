package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.HostNeeds;
import dev.obdbuild.builder.ImageLookup;
import dev.obdbuild.builder.StoredState;
import dev.obdbuild.builder.progress.Amount;
import dev.obdbuild.snapshots.VerifyReport;
import dev.obdbuild.snapshots.check.StoreReport;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code obd-build verify}. */
@Command(
    name = "verify",
    description = {
      "Reads an image wholly: digests and checksums of its layers, then the filesystem (e2fsck and its like).",
      "With --store: everything that the state folder keeps, for instance after the host crashed. What is"
          + " damaged is moved to the folder 'quarantine' and forgotten, so that steps run again and bases are"
          + " fetched anew. Nothing else may use the folder meanwhile. The exit code is 0 when all is well"
          + " or has been put right, 1 when something is lost that does not come back by itself (an image,"
          + " the records of builds)."
    },
    customSynopsis = {
      "obd-build verify [options] IMAGE",
      "       obd-build verify --store [--root DIR]"
    },
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%nArguments:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  obd-build verify app",
      "  systemctl stop obd-buildd && obd-build verify --store --root /var/lib/obd-buildd"
    })
final class VerifyCommand implements Callable<Integer> {

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private RootFlag root = new RootFlag();

  @Option(names = "--store", description = "Check the whole state folder instead of an image.")
  private boolean store;

  @Parameters(paramLabel = "IMAGE", arity = "0..1", description = "Name of the image.")
  private Optional<String> image = Optional.empty();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the annotated field
  VerifyCommand() {}

  @Override
  public Integer call() throws Exception {
    if (store == image.isPresent()) {
      throw new ParameterException(
          spec.commandLine(), "verify needs the name of an image or --store, and not both");
    }
    return store ? wholeStore() : image(image.orElseThrow());
  }

  private int image(String name) throws IOException {
    try (Engine engine = Session.open(root.options());
        ImageLookup.Found found = new ImageLookup(engine).find(name)) {
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

  private int wholeStore() throws IOException {
    HostNeeds.checkDevices("obd-build verify --store");
    StoreReport report = StoredState.check(root.root());
    report.findings().forEach(System.out::println);
    long lost = report.findings().stream().filter(finding -> finding.lost()).count();
    System.out.println(
        "%d layers, %d files of %s, %d cached blobs of %s: %s"
            .formatted(
                report.layers(),
                report.files(),
                Amount.rounded(report.bytes()),
                report.cached(),
                Amount.rounded(report.cachedBytes()),
                report.findings().isEmpty()
                    ? "ok"
                    : report.findings().size() + " damaged, " + lost + " of them lost"));
    return report.whole() ? ExitCode.SUCCESS : ExitCode.FAILED;
  }
}
