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
 * @param debug whether the log tells everything
 * @param logLevel what the log tells unless everything
 * @param entitlements that clients may be granted
 * @param compression how layers are written unless an output says so; our own {@code [output]}
 * @param provenanceFacts folder of JSON files with what every provenance says of the builder
 */
public record DaemonSettings(
    Optional<Path> root,
    boolean debug,
    Optional<String> logFormat,
    Optional<LogLevel> logLevel,
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

  /** The same with another word on devices. */
  public DaemonSettings withCdi(Cdi other) {
    return new DaemonSettings(
        root,
        debug,
        logFormat,
        logLevel,
        entitlements,
        grpc,
        worker,
        dns,
        history,
        other,
        compression,
        otelSocket,
        provenanceFacts);
  }

  /** The same with another word on debugging. */
  public DaemonSettings withDebug(boolean other) {
    return new DaemonSettings(
        root,
        other,
        logFormat,
        logLevel,
        entitlements,
        grpc,
        worker,
        dns,
        history,
        cdi,
        compression,
        otelSocket,
        provenanceFacts);
  }

  /** The same with another form of its log. */
  public DaemonSettings withLogFormat(Optional<String> other) {
    return new DaemonSettings(
        root,
        debug,
        other,
        logLevel,
        entitlements,
        grpc,
        worker,
        dns,
        history,
        cdi,
        compression,
        otelSocket,
        provenanceFacts);
  }

  /** The same with another level of its log. */
  public DaemonSettings withLogLevel(Optional<LogLevel> other) {
    return new DaemonSettings(
        root,
        debug,
        logFormat,
        other,
        entitlements,
        grpc,
        worker,
        dns,
        history,
        cdi,
        compression,
        otelSocket,
        provenanceFacts);
  }

  /** The same with another set of entitlements. */
  public DaemonSettings withEntitlements(Set<String> other) {
    return new DaemonSettings(
        root,
        debug,
        logFormat,
        logLevel,
        other,
        grpc,
        worker,
        dns,
        history,
        cdi,
        compression,
        otelSocket,
        provenanceFacts);
  }

  /** The same with another worker. */
  public DaemonSettings withWorker(Worker other) {
    return new DaemonSettings(
        root,
        debug,
        logFormat,
        logLevel,
        entitlements,
        grpc,
        other,
        dns,
        history,
        cdi,
        compression,
        otelSocket,
        provenanceFacts);
  }

  /** The same with another collector of traces. */
  public DaemonSettings withOtelSocket(Optional<Path> other) {
    return new DaemonSettings(
        root,
        debug,
        logFormat,
        logLevel,
        entitlements,
        grpc,
        worker,
        dns,
        history,
        cdi,
        compression,
        other,
        provenanceFacts);
  }

  /** Nothing said. */
  public static DaemonSettings none() {
    return new DaemonSettings(
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
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
