package dev.obdbuild.builder.cli;

import dev.obdbuild.backstore.metrics.DeviceNumbers;
import dev.obdbuild.builder.DeviceBoard;
import dev.obdbuild.builder.progress.Amount;
import dev.obdbuild.builder.usage.UsageItem;
import dev.obdbuild.builder.usage.UsageKind;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obd-build du}. */
@Command(
    name = "du",
    description = {
      "Shows what the state folder, or a daemon, holds and how much space it takes; then the devices",
      "that processes of the state folder serve now, with what came of their images from registries."
    },
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  obd-build du",
      "  obd-build du -v --root /srv/build",
      "  obd-build du --addr tcp://builder:1234"
    })
final class DuCommand implements Callable<Integer> {

  private static final int SHOWN_OF_ID = 12;

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private RootFlag root = new RootFlag();
  @Mixin private DaemonFlags daemon = new DaemonFlags();

  @Option(
      names = {"-v", "--verbose"},
      description = "One line for each snapshot.")
  private boolean verbose;

  @Override
  public Integer call() throws Exception {
    List<UsageItem> items = daemon.usage(root.options()).list();
    if (verbose) {
      list(items);
    }
    List<UsageItem> snapshots =
        items.stream()
            .filter(i -> i.kind() == UsageKind.STEP || i.kind() == UsageKind.BASE)
            .toList();
    Table sums = new Table("WHAT", "SIZE");
    sums.row("snapshots (" + snapshots.size() + ")", size(snapshots, i -> true));
    sums.row("cached blocks of remote layers", size(items, i -> i.kind() == UsageKind.INTERNAL));
    if (items.stream().anyMatch(DuCommand::isFolder)) {
      sums.row("folders of cache mounts and sources", size(items, DuCommand::isFolder));
    }
    sums.row("total", size(items, i -> true));
    sums.row("can be pruned", size(items, i -> !i.inUse() && !i.shared()));
    sums.print(System.out);
    listDevices();
    return ExitCode.SUCCESS;
  }

  /** What processes of the state folder serve now, and how much of it came from registries. */
  private void listDevices() throws IOException {
    List<DeviceBoard.Entry> devices = DeviceBoard.read(root.root());
    if (devices.isEmpty()) {
      return;
    }
    System.out.println();
    Table table = new Table("DEVICE", "FETCHED", "OF", "LAYERS");
    for (DeviceBoard.Entry entry : devices) {
      DeviceNumbers device = entry.numbers();
      table.row(
          device.node().toString(),
          Amount.rounded(device.fetched().bytes()),
          Amount.rounded(device.fetched().size()),
          Amount.rounded(device.layerBytes()));
    }
    table.print(System.out);
  }

  private static boolean isFolder(UsageItem item) {
    return switch (item.kind()) {
      case STEP, BASE, INTERNAL -> false;
      case DOWNLOAD, CACHE_MOUNT, LOCAL, GIT -> true;
    };
  }

  private static String size(List<UsageItem> items, Predicate<UsageItem> which) {
    return Amount.rounded(items.stream().filter(which).mapToLong(UsageItem::size).sum());
  }

  private static void list(List<UsageItem> items) {
    Table table = new Table("ID", "TYPE", "SIZE", "LAST USED", "USES", "KEPT BY", "DESCRIPTION");
    for (UsageItem record : items) {
      String keptBy = record.inUse() ? "a process" : record.shared() ? "an image" : "";
      String id = record.id();
      table.row(
          id.substring(0, Math.min(SHOWN_OF_ID, id.length())),
          record.kind() == UsageKind.BASE ? "source.base" : record.kind().type(),
          Amount.rounded(record.size()),
          record.lastUsed().map(time -> Ages.since(time, Instant.now())).orElse(""),
          Long.toString(record.uses()),
          keptBy,
          record.description());
    }
    table.print(System.out);
    System.out.println();
  }
}
