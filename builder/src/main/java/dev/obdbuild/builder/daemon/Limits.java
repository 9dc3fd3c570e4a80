package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.config.DaemonSettings;
import dev.obdbuild.builder.history.HistoryLimits;
import dev.obdbuild.builder.usage.DiskSpace;
import dev.obdbuild.builder.usage.GcPolicy;
import java.util.List;
import java.util.Optional;

/** What the configuration says about how much is kept. */
final class Limits {

  private Limits() {}

  /** The rules of the garbage collection. */
  static List<GcPolicy> policies(DaemonSettings.Worker said, long diskBytes) {
    if (!said.gc()) {
      return List.of();
    }
    if (said.policies().isEmpty()) {
      DaemonSettings.GcLimits limits = said.limits();
      return GcPolicy.defaults(
          space(limits.reservedSpace()),
          space(limits.maxUsedSpace()),
          space(limits.minFreeSpace()),
          diskBytes);
    }
    return said.policies().stream().map(Limits::policy).toList();
  }

  private static GcPolicy policy(DaemonSettings.GcRule rule) {
    return new GcPolicy(
        rule.all(),
        rule.filters(),
        rule.keepDuration(),
        space(rule.reservedSpace()),
        space(rule.maxUsedSpace()),
        space(rule.minFreeSpace()));
  }

  private static DiskSpace space(Optional<String> text) {
    return text.map(DiskSpace::parse).orElse(DiskSpace.UNSET);
  }

  static HistoryLimits history(DaemonSettings.History said) {
    HistoryLimits preset = HistoryLimits.DEFAULT;
    return new HistoryLimits(
        said.maxAge().orElse(preset.maxAge()), said.maxEntries().orElse(preset.maxEntries()));
  }
}
