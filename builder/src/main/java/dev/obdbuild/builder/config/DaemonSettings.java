package dev.obdbuild.builder.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a configuration file says to a daemon only, in the words of {@code buildkitd.toml}. Empty is
 * not said.
 *
 * @param entitlements that clients may be granted
 * @param compression how layers are written unless an output says so; our own {@code [output]}
 * @param provenanceFacts folder of JSON files with what every provenance says of the builder
 */
public record DaemonSettings(
    Optional<Path> root,
    Log log,
    Set<String> entitlements,
    Grpc grpc,
    Worker worker,
    Dns dns,
    History history,
    Cdi cdi,
    Optional<String> compression,
    Optional<Path> otelSocket,
    Optional<Path> provenanceFacts) {

  /**
   * What the log tells, and how.
   *
   * @param debug whether it tells everything
   * @param format {@code text} or {@code json}
   * @param level what it tells unless everything
   */
  public record Log(boolean debug, Optional<String> format, Optional<LogLevel> level) {}

  /**
   * Where the daemon listens.
   *
   * @param addresses {@code unix:///..}, {@code tcp://..}
   * @param uid owner of the sockets
   */
  public record Grpc(
      List<String> addresses,
      OptionalInt uid,
      OptionalInt gid,
      Optional<Path> tlsCert,
      Optional<Path> tlsKey,
      Optional<Path> tlsCa) {
    public Grpc {
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * How steps run and what is kept of them.
   *
   * @param runtime name or path of the OCI runtime
   * @param maxParallelism steps at a time; empty for our own choice
   * @param gc whether what is not used is removed by itself
   * @param limits of the default rules
   * @param policies in the order in which they are applied; empty for the default rules
   */
  public record Worker(
      Map<String, String> labels,
      Optional<String> runtime,
      OptionalInt maxParallelism,
      boolean gc,
      GcLimits limits,
      List<GcRule> policies,
      Network network,
      Optional<String> cgroupParent) {
    public Worker {
      labels = Map.copyOf(labels);
      policies = List.copyOf(policies);
    }
  }

  /** What the default rules keep to; all empty for limits that fit the disk. */
  public record GcLimits(
      Optional<String> reservedSpace,
      Optional<String> maxUsedSpace,
      Optional<String> minFreeSpace) {

    /** Nothing said. */
    public static final GcLimits NONE =
        new GcLimits(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * One rule of what is removed. Sizes are bytes, {@code 10GB} or shares of the disk ({@code 20%}).
   */
  public record GcRule(
      boolean all,
      List<String> filters,
      Duration keepDuration,
      Optional<String> reservedSpace,
      Optional<String> maxUsedSpace,
      Optional<String> minFreeSpace) {
    public GcRule {
      filters = List.copyOf(filters);
    }
  }

  /**
   * The network of steps.
   *
   * @param mode {@code auto}, {@code host}, {@code bridge}, {@code cni}
   */
  public record Network(
      String mode,
      Optional<Path> cniConfig,
      Optional<Path> cniBinaries,
      Optional<String> bridgeName,
      Optional<String> bridgeSubnet,
      OptionalInt poolSize) {}

  /** What {@code /etc/resolv.conf} of steps says. */
  public record Dns(List<String> nameservers, List<String> options, List<String> searchDomains) {
    public Dns {
      nameservers = List.copyOf(nameservers);
      options = List.copyOf(options);
      searchDomains = List.copyOf(searchDomains);
    }
  }

  /** How long builds are remembered. */
  public record History(Optional<Duration> maxAge, OptionalInt maxEntries) {}

  /**
   * Devices of the host that steps may ask for.
   *
   * @param folders with the vendors' files; empty for the usual ones
   * @param autoAllowed devices and kinds that need no entitlement
   */
  public record Cdi(boolean disabled, List<Path> folders, Set<String> autoAllowed) {
    public Cdi {
      folders = List.copyOf(folders);
      autoAllowed = Set.copyOf(autoAllowed);
    }
  }

  /** Nothing said. */
  public static DaemonSettings none() {
    return new DaemonSettings(
        Optional.empty(),
        new Log(false, Optional.empty(), Optional.empty()),
        Set.of(),
        new Grpc(
            List.of(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        new Worker(
            Map.of(),
            Optional.empty(),
            OptionalInt.empty(),
            true,
            GcLimits.NONE,
            List.of(),
            new Network(
                "auto",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty()),
            Optional.empty()),
        new Dns(List.of(), List.of(), List.of()),
        new History(Optional.empty(), OptionalInt.empty()),
        new Cdi(false, List.of(), Set.of()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
