package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.progress.Amount;
import dev.obdbuild.snapshots.UsageRecord;
import dev.obdbuild.snapshots.UsageReport;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obd-build du}. */
@Command(
    name = "du",
    description = "Shows what the state folder holds and how much space it takes.",
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  obd-build du", "  obd-build du -v --root /srv/build"})
final class DuCommand implements Callable<Integer> {

  private static final int SHOWN_OF_ID = 12;

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private RootFlag root = new RootFlag();

  @Option(
      names = {"-v", "--verbose"},
      description = "One line for each snapshot.")
  private boolean verbose;

  @Override
  public Integer call() throws Exception {
    try (Engine engine = Session.open(root.options())) {
      UsageReport usage = engine.usage();
      if (verbose) {
        list(usage);
      }
      long free =
          usage.records().stream()
              .filter(r -> !r.inUse() && !r.shared())
              .mapToLong(UsageRecord::size)
              .sum();
      Table sums = new Table("WHAT", "SIZE");
      sums.row(
          "snapshots (" + usage.records().size() + ")",
          Amount.rounded(usage.total() - usage.blockCacheBytes()));
      sums.row("cached blocks of remote layers", Amount.rounded(usage.blockCacheBytes()));
      sums.row("total", Amount.rounded(usage.total()));
      sums.row("can be pruned", Amount.rounded(free));
      sums.print(System.out);
      return ExitCode.SUCCESS;
    }
  }

  private static void list(UsageReport usage) {
    Table table = new Table("ID", "TYPE", "SIZE", "LAST USED", "USES", "KEPT BY", "DESCRIPTION");
    for (UsageRecord record : usage.records()) {
      String keptBy = record.inUse() ? "a process" : record.shared() ? "an image" : "";
      String id = record.id();
      table.row(
          id.substring(0, Math.min(SHOWN_OF_ID, id.length())),
          record.type(),
          Amount.rounded(record.size()),
          Ages.since(record.lastUsed(), Instant.now()),
          Long.toString(record.uses()),
          keptBy,
          record.description());
    }
    table.print(System.out);
    System.out.println();
  }
}
