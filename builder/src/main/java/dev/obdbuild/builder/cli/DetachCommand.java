package dev.obdbuild.builder.cli;

import dev.obdbuild.backstore.attach.Attached;
import dev.obdbuild.linux.mount.MountPoint;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.linux.process.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code obd-backstore detach}. */
@Command(
    name = "detach",
    description = "Ends the process that serves a device, and returns when the device is gone.",
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%nArguments:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  obd-backstore detach /dev/loop3", "  obd-backstore detach config.v1.json"})
final class DetachCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LOOKED_AFTER_MILLIS = 20;

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private AttachmentsFlag attachments = new AttachmentsFlag();

  @Parameters(
      index = "0",
      paramLabel = "DEVICE|CONFIG",
      description = "The device's node, or the configuration it was made of.")
  private String name = "";

  @Option(
      names = {"-f", "--force"},
      description = "Even while it is mounted: who uses it then gets errors.")
  private boolean force;

  @Override
  public Integer call() throws Exception {
    attachments.attachments().sweep();
    Attached image =
        attachments
            .attachments()
            .find(name)
            .orElseThrow(() -> new IOException("no attached image is " + name));
    List<MountPoint> mounts = MountTable.read().from(image.node().toString());
    if (!force && !mounts.isEmpty()) {
      throw new IOException(
          image.node() + " is mounted at " + mounts.getFirst().target() + ": unmount it first");
    }
    if (image.process().alive()) {
      Signal.TERM.send(image.process().pid());
    }
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (image.process().holds()) {
      if (System.nanoTime() - end > 0) {
        throw new IOException(
            "process "
                + image.process().pid()
                + " still serves "
                + image.node()
                + " after "
                + PATIENCE.toSeconds()
                + " s");
      }
      Thread.sleep(LOOKED_AFTER_MILLIS);
    }
    return ExitCode.SUCCESS;
  }
}
