package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.config.AttestSpec;
import dev.obdbuild.builder.config.BuildOptions;
import dev.obdbuild.builder.config.ByteSize;
import dev.obdbuild.builder.config.ExtraHost;
import dev.obdbuild.builder.config.Ulimit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a Dockerfile is built with. */
final class FrontendFlags {

  private static final String EPOCH = "SOURCE_DATE_EPOCH";

  private final Map<String, String> environment;

  @Option(
      names = "--build-arg",
      paramLabel = "K=V",
      description =
          "Value of an ARG; without =V the value comes from the environment, that of"
              + " SOURCE_DATE_EPOCH unasked. Repeatable.")
  private List<String> buildArgs = new ArrayList<>();

  @Option(names = "--target", paramLabel = "STAGE", description = "Build up to this stage.")
  private Optional<String> target = Optional.empty();

  @Option(names = "--no-cache", description = "Build every step anew.")
  private boolean noCache;

  @Option(
      names = "--no-cache-filter",
      paramLabel = "STAGES",
      split = ",",
      description = "Build the steps of these stages anew.")
  private List<String> noCacheStages = new ArrayList<>();

  @Option(names = "--pull", description = "Ask the registry for base images even if known here.")
  private boolean pull;

  @Option(names = "--label", paramLabel = "K=V", description = "Label of the image. Repeatable.")
  private List<String> labels = new ArrayList<>();

  @Option(
      names = "--network",
      paramLabel = "MODE",
      description = "Network of RUN steps: default, host or none (default: default).")
  private String network = "default";

  @Option(
      names = "--add-host",
      paramLabel = "HOST:IP",
      description = "A line for /etc/hosts of RUN steps. Repeatable.")
  private List<String> addHosts = new ArrayList<>();

  @Option(
      names = "--shm-size",
      paramLabel = "SIZE",
      description = "Size of /dev/shm (default 64m).")
  private Optional<String> shmSize = Optional.empty();

  @Option(
      names = "--ulimit",
      paramLabel = "NAME=SOFT[:HARD]",
      description = "Resource limit of RUN steps, such as nofile=1024:2048. Repeatable.")
  private List<String> ulimits = new ArrayList<>();

  @Option(
      names = "--cgroup-parent",
      paramLabel = "CGROUP",
      description = "Parent of the cgroups of RUN steps.")
  private Optional<String> cgroupParent = Optional.empty();

  @Mixin private LimitFlags limits = new LimitFlags();

  @Option(
      names = "--platform",
      paramLabel = "OS/ARCH",
      description = "Platform of the image (default: this host's). Repeatable, or with commas.")
  private List<String> platforms = new ArrayList<>();

  @Option(
      names = "--attest",
      paramLabel = "SPEC",
      description =
          "Attest something of the image: type=provenance or type=sbom, with more KEY=VALUE."
              + " Repeatable.")
  private List<String> attests = new ArrayList<>();

  @Option(
      names = "--provenance",
      paramLabel = "SPEC",
      description = "As --attest type=provenance: true, false or mode=min or mode=max.")
  private Optional<String> provenance = Optional.empty();

  @Option(
      names = "--sbom",
      paramLabel = "SPEC",
      description = "As --attest type=sbom: true, false or generator=IMAGE.")
  private Optional<String> sbom = Optional.empty();

  FrontendFlags() {
    this(System.getenv());
  }

  FrontendFlags(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The host's network is wanted for all steps. */
  boolean isHostNetwork() {
    return network.equals("host");
  }

  BuildOptions.Dockerfile options() {
    if (!List.of("default", "host", "none").contains(network)) {
      throw new IllegalArgumentException(
          "--network " + network + ": must be default, host or none");
    }
    return new BuildOptions.Dockerfile(
        buildArgs(),
        target,
        noCache,
        noCacheStages,
        pull,
        labels(),
        network,
        addHosts.stream().map(ExtraHost::parse).toList(),
        shmSize.map(ByteSize::parse).orElse(0L),
        ulimits.stream().map(Ulimit::parse).toList(),
        cgroupParent,
        limits.attributes(),
        platforms.stream().flatMap(text -> Arrays.stream(text.split(","))).toList(),
        attests());
  }

  private List<AttestSpec> attests() {
    List<AttestSpec> all = new ArrayList<>();
    provenance.ifPresent(text -> all.add(AttestSpec.parse("provenance", text)));
    sbom.ifPresent(text -> all.add(AttestSpec.parse("sbom", text)));
    attests.forEach(text -> all.add(AttestSpec.parse(text)));
    return all;
  }

  /** Also the time of the sources, as other clients send it without being told to. */
  private Map<String, String> buildArgs() {
    Map<String, String> out = new LinkedHashMap<>();
    for (String arg : buildArgs) {
      int equals = arg.indexOf('=');
      if (equals >= 0) {
        out.put(arg.substring(0, equals), arg.substring(equals + 1));
      } else {
        Optional.ofNullable(environment.get(arg)).ifPresent(value -> out.put(arg, value));
      }
    }
    String epoch = environment.getOrDefault(EPOCH, "");
    if (!epoch.isEmpty()) {
      out.putIfAbsent(EPOCH, epoch);
    }
    return out;
  }

  private Map<String, String> labels() {
    Map<String, String> out = new LinkedHashMap<>();
    for (String label : labels) {
      int equals = label.indexOf('=');
      out.put(
          equals < 0 ? label : label.substring(0, equals),
          equals < 0 ? "" : label.substring(equals + 1));
    }
    return out;
  }
}
