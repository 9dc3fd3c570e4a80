package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.local.ImageTransfer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code obd-build push}. */
@Command(
    name = "push",
    description = "Pushes an image of the local store to a registry.",
    customSynopsis = "obd-build push [options] IMAGE [NAME...]",
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%nArguments:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  obd-build push registry:5000/team/app:1",
      "  obd-build push app registry:5000/team/app:1 registry:5000/team/app:latest"
    })
final class PushCommand implements Callable<Integer> {

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private HostFlags host = new HostFlags();
  @Mixin private ProgressFlags progress = new ProgressFlags();

  @Parameters(index = "0", paramLabel = "IMAGE", description = "Name in the local store.")
  private String image = "";

  @Parameters(
      index = "1..*",
      paramLabel = "NAME",
      description = "Where to push it (default: to its own name).")
  private List<String> names = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    List<String> targets = names.isEmpty() ? List.of(image) : names;
    return Operation.run(
        progress.mode(),
        host.options(),
        (engine, sink, cancellation) -> {
          ImageTransfer.Outcome outcome =
              new ImageTransfer(engine, sink, cancellation).push(image, targets);
          return new Operation.Report(outcome.digest().toString(), outcome.summary());
        });
  }
}
