package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.local.ImageTransfer;
import dev.obdbuild.oci.image.Platform;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code obd-build convert}. */
@Command(
    name = "convert",
    description = {
      "Converts an ordinary image to overlaybd and pushes the result.",
      "Without a second name it is pushed beside the image, as its referrer, where builds look for it."
    },
    customSynopsis = "obd-build convert [options] IMAGE [NAME]",
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%nArguments:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  obd-build convert registry:5000/debian:12 registry:5000/debian:12-obd",
      "  obd-build convert --fs xfs --fs-size 128g registry:5000/debian:12 registry:5000/debian:12-xfs",
      "  obd-build convert registry:5000/debian:12      # as a referrer: FROM registry:5000/debian:12 is lazy then"
    })
final class ConvertCommand implements Callable<Integer> {

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private HostFlags host = new HostFlags();
  @Mixin private ProgressFlags progress = new ProgressFlags();

  @Parameters(index = "0", paramLabel = "IMAGE", description = "Name of the image in its registry.")
  private String image = "";

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "Name of the result.")
  private Optional<String> target = Optional.empty();

  @Option(
      names = "--platform",
      paramLabel = "OS/ARCH",
      description = "Which image of an index (default: this host's).")
  private Optional<String> platform = Optional.empty();

  @Override
  public Integer call() throws Exception {
    Platform wanted = platform.map(Platform::parse).orElseGet(Platform::host);
    return Operation.run(
        progress.mode(),
        host.options(),
        (engine, sink, cancellation) -> {
          ImageTransfer.Outcome outcome =
              new ImageTransfer(engine, sink, cancellation).convert(image, target, wanted);
          return new Operation.Report(outcome.digest().toString(), outcome.summary());
        });
  }
}
