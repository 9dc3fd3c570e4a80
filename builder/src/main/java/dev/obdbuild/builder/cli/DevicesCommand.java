package dev.obdbuild.builder.cli;

import dev.obdbuild.backstore.metrics.DeviceNumbers;
import dev.obdbuild.builder.DeviceBoard;
import dev.obdbuild.builder.progress.Amount;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code obd-build devices}. */
@Command(
    name = "devices",
    description = {
      "Lists the block devices that processes of this state folder serve, or have 'obd-backstore serve'",
      "serve for them, and what was read of them.",
      "LAYERS is the size of a device's layers, decompressed. FETCHED is what of its image came from",
      "a registry while its layers were open, OF the size of all those that lie there."
    },
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  obd-build devices", "  obd-build devices --root /srv/obd-build"})
final class DevicesCommand implements Callable<Integer> {

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private RootFlag root = new RootFlag();

  @Override
  public Integer call() throws Exception {
    Table table =
        new Table(
            "DEVICE", "PID", "MODE", "SIZE", "LAYERS", "READ", "WRITTEN", "ERRORS", "FETCHED",
            "OF");
    for (DeviceBoard.Entry entry : DeviceBoard.read(root.root())) {
      DeviceNumbers device = entry.numbers();
      table.row(
          device.node().toString(),
          Long.toString(entry.pid()),
          device.writable() ? "rw" : "ro",
          Amount.rounded(device.size()),
          Amount.rounded(device.layerBytes()),
          Amount.rounded(device.counts().read()),
          Amount.rounded(device.counts().written()),
          Long.toString(device.counts().failures()),
          Amount.rounded(device.fetched().bytes()),
          Amount.rounded(device.fetched().size()));
    }
    table.print(System.out);
    return ExitCode.SUCCESS;
  }
}
