package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.config.ByteSize;
import dev.obdbuild.builder.filter.Filter;
import dev.obdbuild.builder.progress.Amount;
import dev.obdbuild.builder.usage.PruneOrder;
import dev.obdbuild.builder.usage.UsageItem;
import dev.obdbuild.builder.usage.UsageKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obd-build prune}. */
@Command(
    name = "prune",
    description = {
      "Removes results of steps that no image and no running build uses.",
      "With --all also base images, converted or cached, and cache mounts' folders."
    },
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  obd-build prune",
      "  obd-build prune --all --force",
      "  obd-build prune --force --keep-for 48h --keep-storage 20g",
      "  obd-build prune --force --addr unix:///run/obd-build/obd-buildd.sock"
    })
final class PruneCommand implements Callable<Integer> {

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private RootFlag root = new RootFlag();
  @Mixin private DaemonFlags daemon = new DaemonFlags();

  @Option(
      names = {"-a", "--all"},
      description = "Base images and caches too.")
  private boolean all;

  @Option(
      names = {"-f", "--force"},
      description = "Do not ask.")
  private boolean force;

  @Option(
      names = "--keep-storage",
      paramLabel = "SIZE",
      description = "Stop when the store takes no more than this.")
  private Optional<String> keepStorage = Optional.empty();

  @Option(
      names = "--keep-for",
      paramLabel = "TIME",
      description = "Keep what was used within this time, such as 30m, 48h or 7d.")
  private Optional<String> keepFor = Optional.empty();

  @Override
  public Integer call() throws Exception {
    PruneOrder order =
        new PruneOrder(
            all ? EnumSet.allOf(UsageKind.class) : EnumSet.of(UsageKind.STEP),
            Filter.all(),
            all,
            keepFor.map(PruneCommand::duration).orElse(Duration.ZERO),
            0,
            keepStorage.map(ByteSize::parse).orElse(0L),
            0);
    if (!force && !confirmed()) {
      return ExitCode.FAILED;
    }
    List<UsageItem> removed = daemon.usage(root.options()).prune(order);
    long snapshots =
        removed.stream()
            .filter(i -> i.kind() == UsageKind.STEP || i.kind() == UsageKind.BASE)
            .count();
    long bytes = removed.stream().mapToLong(UsageItem::size).sum();
    System.out.println("removed " + snapshots + " snapshots, " + Amount.rounded(bytes));
    return ExitCode.SUCCESS;
  }

  private boolean confirmed() throws IOException {
    if (!Terminals.isStandardInput()) {
      throw new IllegalArgumentException(
          "prune asks before it removes: add --force where nobody can answer");
    }
    System.out.print(
        "Remove all unused results" + (all ? ", base images and caches" : "") + "? [y/N] ");
    System.out.flush();
    String answer =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
  }

  static Duration duration(String text) {
    try {
      long number = Long.parseLong(text.substring(0, text.length() - 1));
      return switch (text.charAt(text.length() - 1)) {
        case 's' -> Duration.ofSeconds(number);
        case 'm' -> Duration.ofMinutes(number);
        case 'h' -> Duration.ofHours(number);
        case 'd' -> Duration.ofDays(number);
        default -> throw new NumberFormatException(text);
      };
    } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a time: write a number with s, m, h or d, such as 48h", e);
    }
  }
}
