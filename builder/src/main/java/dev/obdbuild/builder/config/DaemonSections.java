package dev.obdbuild.builder.config;

import dev.obdbuild.builder.config.DaemonSettings.Cdi;
import dev.obdbuild.builder.config.DaemonSettings.Dns;
import dev.obdbuild.builder.config.DaemonSettings.GcLimits;
import dev.obdbuild.builder.config.DaemonSettings.GcRule;
import dev.obdbuild.builder.config.DaemonSettings.Grpc;
import dev.obdbuild.builder.config.DaemonSettings.History;
import dev.obdbuild.builder.config.DaemonSettings.Log;
import dev.obdbuild.builder.config.DaemonSettings.Network;
import dev.obdbuild.builder.config.DaemonSettings.Worker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Reads the tables of a configuration file that speak to a daemon. */
final class DaemonSections {

  private static final Set<String> NETWORKS = Set.of("auto", "host", "bridge", "cni");
  private static final Set<String> ENTITLEMENTS =
      Set.of("network.host", "security.insecure", "device");

  private final TomlSection top;

  DaemonSections(TomlSection top) {
    this.top = top;
  }

  DaemonSettings read() throws IOException {
    accepted();
    TomlSection log = top.section("log");
    return new DaemonSettings(
        top.path("root"),
        new Log(
            top.flag("debug").orElse(false) | top.flag("trace").orElse(false),
            log.text("format"),
            logLevel(log)),
        entitlements(),
        grpc(top.section("grpc")),
        worker(top.section("worker")),
        dns(top.section("dns")),
        history(top.section("history")),
        cdi(top.section("cdi")),
        compression(top.section("output")),
        top.section("otel").path("socketPath"),
        top.path("provenanceEnvDir"));
  }

  /** What BuildKit knows and what makes no difference here. */
  private void accepted() throws IOException {
    top.section("system").text("platformsCacheMaxAge");
    TomlSection frontends = top.section("frontend");
    for (String name : frontends.keys()) {
      TomlSection frontend = frontends.section(name);
      frontend.flag("enabled");
      frontend.texts("allowedRepositories");
    }
  }

  private Set<String> entitlements() throws IOException {
    Set<String> all = new LinkedHashSet<>(top.texts("insecure-entitlements"));
    for (String one : all) {
      if (!ENTITLEMENTS.contains(one)) {
        throw top.wrong("insecure-entitlements", "unknown entitlement " + one);
      }
    }
    return all;
  }

  private static Grpc grpc(TomlSection grpc) throws IOException {
    grpc.text("debugAddress");
    TomlSection tls = grpc.section("tls");
    return new Grpc(
        grpc.texts("address"),
        small(grpc, "uid"),
        small(grpc, "gid"),
        tls.path("cert"),
        tls.path("key"),
        tls.path("ca"));
  }

  private static OptionalInt small(TomlSection section, String key) throws IOException {
    OptionalLong value = section.number(key);
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    if (value.getAsLong() < 0 || value.getAsLong() > Integer.MAX_VALUE) {
      throw section.wrong(key, value.getAsLong() + " is out of range");
    }
    return OptionalInt.of((int) value.getAsLong());
  }

  private static Worker worker(TomlSection workers) throws IOException {
    TomlSection containerd = workers.section("containerd");
    if (containerd.flag("enabled").orElse(false)) {
      throw containerd.wrong("enabled", "there is no containerd worker here: use worker.oci");
    }
    for (String key : containerd.keys()) {
      containerd.ignore(key);
    }
    TomlSection oci = workers.section("oci");
    for (String key :
        List.of(
            "enabled",
            "platforms",
            "snapshotter",
            "rootless",
            "noProcessSandbox",
            "apparmor-profile",
            "selinux",
            "proxySnapshotterPath")) {
      oci.ignore(key);
    }
    List<GcRule> rules = new ArrayList<>();
    for (TomlSection rule : oci.sections("gcpolicy")) {
      rules.add(rule(rule));
    }
    return new Worker(
        oci.section("labels").map(),
        oci.text("binary"),
        small(oci, "max-parallelism"),
        oci.flag("gc").orElse(true),
        limits(oci),
        rules,
        network(oci),
        oci.text("defaultCgroupParent"));
  }

  /** The older word for what is reserved counts where none of the newer ones is said. */
  private static GcLimits limits(TomlSection oci) throws IOException {
    GcLimits said =
        new GcLimits(
            oci.sizeText("reservedSpace"),
            oci.sizeText("maxUsedSpace"),
            oci.sizeText("minFreeSpace"));
    Optional<String> old = oci.sizeText("gckeepstorage");
    return said.equals(GcLimits.NONE)
        ? new GcLimits(old, Optional.empty(), Optional.empty())
        : said;
  }

  private static GcRule rule(TomlSection rule) throws IOException {
    Optional<String> old = rule.sizeText("keepBytes");
    return new GcRule(
        rule.flag("all").orElse(false),
        rule.texts("filters"),
        rule.duration("keepDuration").orElse(Duration.ZERO),
        rule.sizeText("reservedSpace").or(() -> old),
        rule.sizeText("maxUsedSpace"),
        rule.sizeText("minFreeSpace"));
  }

  private static Network network(TomlSection oci) throws IOException {
    String mode = oci.text("networkMode").orElse("auto");
    if (!NETWORKS.contains(mode)) {
      throw oci.wrong("networkMode", "must be auto, host, bridge or cni, not \"" + mode + "\"");
    }
    return new Network(
        mode,
        oci.path("cniConfigPath"),
        oci.path("cniBinaryPath"),
        oci.text("bridgeName"),
        oci.text("bridgeSubnet"),
        small(oci, "cniPoolSize"));
  }

  private static Dns dns(TomlSection dns) throws IOException {
    return new Dns(dns.texts("nameservers"), dns.texts("options"), dns.texts("searchDomains"));
  }

  private static History history(TomlSection history) throws IOException {
    return new History(history.duration("maxAge"), small(history, "maxEntries"));
  }

  private static Cdi cdi(TomlSection cdi) throws IOException {
    return new Cdi(
        cdi.flag("disabled").orElse(false),
        cdi.paths("specDirs"),
        new LinkedHashSet<>(cdi.texts("autoAllowed")));
  }

  private static Optional<LogLevel> logLevel(TomlSection log) throws IOException {
    Optional<String> text = log.text("level").filter(level -> !level.isEmpty());
    try {
      return text.map(LogLevel::parse);
    } catch (IllegalArgumentException e) {
      throw log.wrong("level", String.valueOf(e.getMessage()));
    }
  }

  private static Optional<String> compression(TomlSection output) throws IOException {
    Optional<String> value = output.text("compression");
    if (value.isPresent()
        && !Set.of("overlaybd", "gzip", "zstd", "uncompressed").contains(value.get())) {
      throw output.wrong(
          "compression",
          "must be overlaybd, gzip, zstd or uncompressed, not \"" + value.get() + "\"");
    }
    return value;
  }
}
