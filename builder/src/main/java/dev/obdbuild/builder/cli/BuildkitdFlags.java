package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.config.DaemonSettings;
import dev.obdbuild.builder.config.DaemonSettings.Cdi;
import dev.obdbuild.builder.config.DaemonSettings.GcLimits;
import dev.obdbuild.builder.config.DaemonSettings.Log;
import dev.obdbuild.builder.config.DaemonSettings.Network;
import dev.obdbuild.builder.config.DaemonSettings.Worker;
import dev.obdbuild.builder.config.LogLevel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/**
 * Flags that a BuildKit daemon is started with. Those of the OCI worker mean what they mean there;
 * the rest is taken and makes no difference.
 */
final class BuildkitdFlags {

  private static final Pattern MEGABYTES = Pattern.compile("\\d{1,9}(,\\d{1,9}){0,2}");

  @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
  BuildkitdFlags() {}

  @Option(names = "--oci-worker", hidden = true, arity = "0..1", fallbackValue = "true")
  private String ociWorker = "auto";

  @Option(names = "--containerd-worker", hidden = true, arity = "0..1", fallbackValue = "true")
  private String containerdWorker = "auto";

  @Option(names = "--oci-worker-gc", hidden = true, arity = "0..1", fallbackValue = "true")
  private Optional<Boolean> gc = Optional.empty();

  @Option(names = "--oci-worker-gc-keepstorage", hidden = true)
  private Optional<String> keepStorage = Optional.empty();

  @Option(names = "--oci-worker-labels", hidden = true, split = ",")
  private Map<String, String> labels = new TreeMap<>();

  @Option(names = "--oci-worker-net", hidden = true)
  private Optional<String> network = Optional.empty();

  @Option(names = "--oci-worker-binary", hidden = true)
  private Optional<String> binary = Optional.empty();

  @Option(names = "--oci-max-parallelism", hidden = true)
  private Optional<String> parallelism = Optional.empty();

  @Option(names = "--oci-cni-config-path", hidden = true)
  private Optional<Path> cniConfig = Optional.empty();

  @Option(names = "--oci-cni-binary-dir", hidden = true)
  private Optional<Path> cniBinaries = Optional.empty();

  @Option(names = "--log-format", hidden = true)
  private Optional<String> logFormat = Optional.empty();

  @Option(names = "--log-level", hidden = true, defaultValue = "${env:BUILDKITD_LOG_LEVEL}")
  private Optional<String> logLevel = Optional.empty();

  @Option(names = "--otel-socket-path", hidden = true)
  private Optional<Path> otelSocket = Optional.empty();

  @Option(names = "--cdi-disabled", hidden = true, arity = "0..1", fallbackValue = "true")
  private Optional<Boolean> cdiDisabled = Optional.empty();

  @Option(names = "--cdi-spec-dir", hidden = true, split = ",")
  private List<Path> cdiFolders = new ArrayList<>();

  @Option(
      names = {
        "--oci-worker-snapshotter",
        "--oci-worker-platform",
        "--oci-worker-proxy-snapshotter-path",
        "--oci-worker-apparmor-profile",
        "--oci-cni-pool-size",
        "--containerd-worker-addr",
        "--containerd-worker-namespace",
        "--containerd-worker-labels",
        "--containerd-worker-gc",
        "--containerd-worker-gc-keepstorage",
        "--containerd-worker-apparmor-profile",
        "--containerd-max-parallelism",
        "--containerd-cni-pool-size",
        "--containerd-worker-net",
        "--containerd-worker-platform",
        "--containerd-worker-snapshotter",
        "--containerd-cni-config-path",
        "--containerd-cni-binary-dir",
        "--debugaddr",
        "--registry-mirror"
      },
      hidden = true)
  private List<String> valued = new ArrayList<>();

  @Option(
      names = {
        "--trace",
        "--oci-worker-no-process-sandbox",
        "--oci-worker-selinux",
        "--containerd-worker-selinux",
        "--containerd-worker-rootless",
        "--save-cache-debug"
      },
      hidden = true,
      arity = "0..1",
      fallbackValue = "true")
  private List<String> switches = new ArrayList<>();

  @Option(
      names = {"--rootless", "--oci-worker-rootless"},
      hidden = true,
      arity = "0..1",
      fallbackValue = "true")
  private boolean rootless;

  /** The OCI runtime, if one was named. */
  Optional<String> binary() {
    return binary;
  }

  /**
   * What the flags say, over what a file says.
   *
   * @throws IllegalArgumentException when they ask for a worker or a mode that there is not
   */
  DaemonSettings over(DaemonSettings said) {
    if (ociWorker.equals("false")) {
      throw new IllegalArgumentException("--oci-worker=false: there is no other worker here");
    }
    if (containerdWorker.equals("true")) {
      throw new IllegalArgumentException(
          "--containerd-worker=true: there is no containerd worker here");
    }
    if (rootless) {
      throw new IllegalArgumentException(
          "--rootless: mounts, loop devices and containers need root; there is no rootless mode");
    }
    return new DaemonSettings(
        said.root(),
        new Log(
            said.log().debug(),
            logFormat.or(said.log()::format),
            logLevel.map(BuildkitdFlags::level).or(said.log()::level)),
        said.entitlements(),
        said.grpc(),
        over(said.worker()),
        said.dns(),
        said.history(),
        new Cdi(
            cdiDisabled.orElse(said.cdi().disabled()),
            cdiFolders.isEmpty() ? said.cdi().folders() : cdiFolders,
            said.cdi().autoAllowed()),
        said.compression(),
        otelSocket.or(said::otelSocket),
        said.provenanceFacts());
  }

  private Worker over(Worker said) {
    Map<String, String> all = new TreeMap<>(said.labels());
    all.putAll(labels);
    return new Worker(
        all,
        said.runtime(),
        steps().isPresent() ? steps() : said.maxParallelism(),
        gc.orElse(said.gc()),
        keepStorage.map(BuildkitdFlags::limits).orElse(said.limits()),
        said.policies(),
        over(said.network()),
        said.cgroupParent());
  }

  private OptionalInt steps() {
    if (parallelism.isEmpty()) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(
        parallelism.get().equals("num-cpu")
            ? Runtime.getRuntime().availableProcessors()
            : Integer.parseInt(parallelism.get()));
  }

  private Network over(Network said) {
    return new Network(
        network.map(BuildkitdFlags::mode).orElse(said.mode()),
        cniConfig.or(said::cniConfig),
        cniBinaries.or(said::cniBinaries),
        said.bridgeName(),
        said.bridgeSubnet(),
        said.poolSize());
  }

  private static LogLevel level(String text) {
    try {
      return LogLevel.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--log-level: " + e.getMessage(), e);
    }
  }

  /** Reserved, free and used space at most, in megabytes. */
  private static GcLimits limits(String text) {
    String[] parts = text.split(",", -1);
    if (!MEGABYTES.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "--oci-worker-gc-keepstorage "
              + text
              + ": must be RESERVED[,FREE[,MAXIMUM]], numbers of megabytes");
    }
    return new GcLimits(part(parts, 0), part(parts, 2), part(parts, 1));
  }

  private static Optional<String> part(String[] parts, int index) {
    return index < parts.length ? Optional.of(parts[index] + "000000") : Optional.empty();
  }

  private static String mode(String text) {
    if (!List.of("auto", "host", "bridge", "cni").contains(text)) {
      throw new IllegalArgumentException(
          "--oci-worker-net " + text + ": must be auto, host, bridge or cni");
    }
    return text;
  }
}
