package dev.obdbuild.builder.cli;

import dev.obdbuild.backstore.attach.Attached;
import dev.obdbuild.builder.progress.Amount;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code obd-backstore devices}. */
@Command(
    name = "devices",
    description = "Lists the images that are attached on this host, and what was read of them.",
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = "  obd-backstore devices")
final class AttachedCommand implements Callable<Integer> {

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private AttachmentsFlag attachments = new AttachmentsFlag();

  @Override
  public Integer call() throws Exception {
    Table table =
        new Table(
            "DEVICE", "PID", "MODE", "READ", "WRITTEN", "FETCHED", "LAYERS", "ERRORS", "CONFIG");
    for (Attached image : attachments.attachments().list()) {
      table.row(
          image.node().toString(),
          Long.toString(image.process().pid()),
          image.writable() ? "rw" : "ro",
          Amount.rounded(image.counts().device().read()),
          Amount.rounded(image.counts().device().written()),
          Amount.rounded(image.counts().fetched()),
          Amount.rounded(image.layerBytes()),
          Long.toString(image.counts().device().failures()),
          image.config().toString());
    }
    table.print(System.out);
    return ExitCode.SUCCESS;
  }
}
