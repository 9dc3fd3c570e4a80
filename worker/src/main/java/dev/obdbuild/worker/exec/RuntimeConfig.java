package dev.obdbuild.worker.exec;

import dev.obdbuild.llb.LinuxResources;
import dev.obdbuild.worker.cdi.ContainerEdits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code config.json} of an OCI bundle (runtime-spec 1.0): an {@link ExecSpec} in the runtime's
 * words. Pure: the bind sources are made by {@link ExecRunner}.
 */
final class RuntimeConfig {

  private static final String DEFAULT_PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private static final List<String> MASKED =
      List.of(
          "/proc/acpi",
          "/proc/asound",
          "/proc/interrupts",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/sys/devices/virtual/powercap",
          "/sys/firmware");

  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private final ObjectMapper json;
  private final Seccomp seccomp;

  RuntimeConfig(ObjectMapper json, Seccomp seccomp) {
    this.json = json;
    this.seccomp = seccomp;
  }

  /**
   * The configuration as JSON bytes.
   *
   * @param binds the mounts of the spec with secrets already turned into files, and the network
   *     files
   */
  byte[] write(ExecSpec spec, ContainerUser user, List<ContainerMount> binds) throws IOException {
    boolean insecure = spec.sandbox().security() == Sandbox.Security.INSECURE;
    List<String> capabilities = insecure ? Capabilities.all() : Capabilities.DEFAULT;
    ObjectNode config = json.createObjectNode();
    config.put("ociVersion", "1.0.2");
    process(config.putObject("process"), spec.process(), spec.sandbox(), user, capabilities);
    config.putObject("root").put("path", spec.rootfs().toString()).put("readonly", false);
    config.put("hostname", spec.sandbox().hostname());
    ArrayNode mounts = config.putArray("mounts");
    systemMounts(mounts, spec.sandbox(), insecure);
    binds.forEach(m -> bind(mounts.addObject(), m));
    ObjectNode linux = config.putObject("linux");
    namespaces(linux.putArray("namespaces"), spec.sandbox().network());
    linux.put("cgroupsPath", cgroup(spec));
    ObjectNode resources = linux.putObject("resources");
    if (!spec.sandbox().limits().equals(LinuxResources.NONE)) {
      limit(resources, spec.sandbox().limits());
    }
    if (insecure) {
      HostDevices.describe(linux.putArray("devices"));
      resources.putArray("devices").addObject().put("allow", true).put("access", "rwm");
    } else {
      HostDevices.allowStandard(resources.putArray("devices"));
      MASKED.forEach(linux.putArray("maskedPaths")::add);
      READ_ONLY.forEach(linux.putArray("readonlyPaths")::add);
      linux.set(
          "seccomp",
          seccomp.filter(
              architecture(), System.getProperty("os.version"), Set.copyOf(capabilities)));
    }
    if (!spec.sandbox().edits().equals(ContainerEdits.NONE)) {
      VendorDevices.edit(config, spec.sandbox().edits(), user);
    }
    return json.writeValueAsBytes(config);
  }

  /** A further process of a container that runs, as JSON bytes. */
  byte[] process(ContainerProcess process, Sandbox sandbox, ContainerUser user) throws IOException {
    ObjectNode out = json.createObjectNode();
    boolean insecure = sandbox.security() == Sandbox.Security.INSECURE;
    process(out, process, sandbox, user, insecure ? Capabilities.all() : Capabilities.DEFAULT);
    return json.writeValueAsBytes(out);
  }

  private static void limit(ObjectNode resources, LinuxResources limits) {
    ObjectNode memory = resources.putObject("memory");
    put(memory, "limit", limits.memory());
    put(memory, "swap", limits.memorySwap());
    ObjectNode cpu = resources.putObject("cpu");
    put(cpu, "shares", limits.cpuShares());
    put(cpu, "period", limits.cpuPeriod());
    put(cpu, "quota", limits.cpuQuota());
    put(cpu, "cpus", limits.cpusetCpus());
    put(cpu, "mems", limits.cpusetMems());
  }

  private static void put(ObjectNode out, String name, long value) {
    if (value != 0) {
      out.put(name, value);
    }
  }

  private static void put(ObjectNode out, String name, String value) {
    if (!value.isEmpty()) {
      out.put(name, value);
    }
  }

  private static String cgroup(ExecSpec spec) {
    String parent = spec.sandbox().cgroupParent();
    return parent.isEmpty()
        ? "/obd-" + spec.id()
        : Path.of("/", parent, "obd-" + spec.id()).toString();
  }

  private static void process(
      ObjectNode out,
      ContainerProcess process,
      Sandbox sandbox,
      ContainerUser user,
      List<String> capabilities) {
    out.put("terminal", process.terminal());
    ObjectNode who = out.putObject("user");
    who.put("uid", Integer.toUnsignedLong(user.uid()))
        .put("gid", Integer.toUnsignedLong(user.gid()));
    ArrayNode groups = who.putArray("additionalGids");
    user.groups().forEach(g -> groups.add(Integer.toUnsignedLong(g)));
    process.args().forEach(out.putArray("args")::add);
    environment(process, user).forEach(out.putArray("env")::add);
    out.put("cwd", process.cwd());
    out.put("noNewPrivileges", false);
    ObjectNode sets = out.putObject("capabilities");
    for (String set : List.of("bounding", "effective", "permitted")) {
      capabilities.forEach(sets.putArray(set)::add);
    }
    if (!sandbox.ulimits().isEmpty()) {
      ArrayNode limits = out.putArray("rlimits");
      for (Sandbox.Ulimit limit : sandbox.ulimits()) {
        limits
            .addObject()
            .put("type", "RLIMIT_" + limit.name().toUpperCase(java.util.Locale.ROOT))
            .put("hard", unsigned(limit.hard()))
            .put("soft", unsigned(limit.soft()));
      }
    }
  }

  /** Unlimited is all ones in the runtime specification. */
  private static java.math.BigInteger unsigned(long limit) {
    return new java.math.BigInteger(Long.toUnsignedString(limit));
  }

  private static Set<String> environment(ContainerProcess process, ContainerUser user) {
    Set<String> env = new LinkedHashSet<>();
    if (process.env().stream().noneMatch(e -> e.startsWith("PATH="))) {
      env.add(DEFAULT_PATH);
    }
    env.addAll(process.env());
    if (process.env().stream().noneMatch(e -> e.startsWith("HOME="))) {
      env.add("HOME=" + user.home());
    }
    if (process.terminal() && process.env().stream().noneMatch(e -> e.startsWith("TERM="))) {
      env.add("TERM=xterm");
    }
    return env;
  }

  private static void systemMounts(ArrayNode mounts, Sandbox sandbox, boolean insecure) {
    String sysMode = insecure ? "rw" : "ro";
    mount(mounts, "/proc", "proc", "proc", "nosuid", "noexec", "nodev");
    mount(mounts, "/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k");
    mount(
        mounts,
        "/dev/pts",
        "devpts",
        "devpts",
        "nosuid",
        "noexec",
        "newinstance",
        "ptmxmode=0666",
        "mode=0620",
        "gid=5");
    mount(
        mounts,
        "/dev/shm",
        "tmpfs",
        "shm",
        "nosuid",
        "noexec",
        "nodev",
        "mode=1777",
        "size=" + sandbox.shmBytes());
    mount(mounts, "/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev");
    mount(mounts, "/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", sysMode);
    mount(mounts, "/sys/fs/cgroup", "cgroup", "cgroup", sysMode, "nosuid", "noexec", "nodev");
  }

  private static void mount(
      ArrayNode mounts, String target, String type, String source, String... options) {
    ObjectNode out = mounts.addObject();
    out.put("destination", target).put("type", type).put("source", source);
    List.of(options).forEach(out.putArray("options")::add);
  }

  private static void bind(ObjectNode out, ContainerMount mount) {
    out.put("destination", mount.target());
    switch (mount) {
      case ContainerMount.Bind b -> {
        out.put("type", "bind").put("source", b.source().toString());
        ArrayNode options = out.putArray("options").add("rbind").add("rprivate");
        options.add(b.readOnly() ? "ro" : "rw");
      }
      case ContainerMount.Tmpfs t -> {
        out.put("type", "tmpfs").put("source", "tmpfs");
        // As BuildKit's: programs may be run there, as in the folder that it stands for.
        ArrayNode options = out.putArray("options").add("nosuid");
        if (t.bytes() > 0) {
          options.add("size=" + t.bytes());
        }
      }
      case ContainerMount.Vendor v -> {
        out.put("type", v.type().isEmpty() ? "bind" : v.type())
            .put("source", v.source().toString());
        ArrayNode options = out.putArray("options");
        v.options().forEach(options::add);
        if (v.type().isEmpty() && !v.options().contains("bind") && !v.options().contains("rbind")) {
          options.add("rbind");
        }
      }
      case ContainerMount.Secret s ->
          throw new IllegalArgumentException("secret not yet a file: " + s.target());
    }
  }

  private static void namespaces(ArrayNode out, Sandbox.Network network) {
    for (String type : List.of("pid", "ipc", "uts", "mount", "cgroup")) {
      out.addObject().put("type", type);
    }
    switch (network) {
      case Sandbox.Network.Host h -> {}
      case Sandbox.Network.None n -> out.addObject().put("type", "network");
      case Sandbox.Network.Joined joined ->
          out.addObject().put("type", "network").put("path", joined.path().toString());
    }
  }

  private static String architecture() {
    String arch = System.getProperty("os.arch");
    return switch (arch) {
      case "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> arch;
    };
  }
}
