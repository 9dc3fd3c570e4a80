package dev.obdbuild.frontend.plan;

import dev.obdbuild.oci.image.ContainerConfig;
import dev.obdbuild.oci.image.ContainerConfigBuilder;
import dev.obdbuild.oci.image.Healthcheck;
import dev.obdbuild.oci.image.History;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The image config of a stage while its instructions are evaluated. */
final class ImageDraft {
  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final ImageConfig from;
  private final List<String> env;
  final Map<String, String> labels = new TreeMap<>();
  final Set<String> ports = new TreeSet<>();
  final Set<String> volumes = new TreeSet<>();
  final List<History> history;
  Platform platform;
  String author;
  String user;
  String workingDir;
  String stopSignal;
  List<String> cmd;
  List<String> entrypoint;
  List<String> shell;
  List<String> onBuild;
  boolean argsEscaped;
  Optional<Healthcheck> healthcheck;

  ImageDraft(ImageConfig image) {
    ContainerConfig config = image.config();
    this.from = image;
    this.platform = image.platform();
    this.author = image.author();
    this.history = new ArrayList<>(image.history());
    this.labels.putAll(config.labels());
    this.ports.addAll(config.exposedPorts());
    this.volumes.addAll(config.volumes());
    this.user = config.user();
    this.workingDir = config.workingDir();
    this.stopSignal = config.stopSignal();
    this.cmd = config.cmd();
    this.entrypoint = config.entrypoint();
    this.shell = config.shell();
    this.onBuild = new ArrayList<>(config.onBuild());
    this.argsEscaped = config.argsEscaped();
    this.healthcheck = config.healthcheck();
    this.env = new ArrayList<>(config.env());
  }

  /** What {@code FROM scratch} starts with. */
  static ImageDraft scratch(Platform platform) {
    ImageDraft draft = new ImageDraft(ImageConfig.empty(platform));
    draft.workingDir = "/";
    draft.requirePath(PathStyle.of(platform));
    return draft;
  }

  /** What a stage on top of this one starts with; triggers do not carry over. */
  ImageDraft child() {
    ImageDraft child = new ImageDraft(config());
    child.onBuild = new ArrayList<>();
    return child;
  }

  /** Sets a variable where it first stands, or at the end. */
  void setEnv(String name, String value) {
    for (int i = 0; i < env.size(); i++) {
      if (nameOf(env.get(i)).equals(name)) {
        env.set(i, name + "=" + value);
        return;
      }
    }
    env.add(name + "=" + value);
  }

  private static String nameOf(String entry) {
    return entry.split("=", 2)[0];
  }

  /** Variables as {@code NAME=value}; what a base image says is kept as it is. */
  List<String> env() {
    return env;
  }

  /**
   * Sees to it that programs are found, except on Windows, whose own default does.
   *
   * @param style of the system that its stage is built for
   */
  void requirePath(PathStyle style) {
    if (style != PathStyle.WINDOWS
        && env.stream().noneMatch(entry -> nameOf(entry).equals("PATH"))) {
      env.add("PATH=" + DEFAULT_PATH);
    }
  }

  /** The shell that runs commands in shell form. */
  List<String> shellOrDefault() {
    if (!shell.isEmpty()) {
      return shell;
    }
    return platform.os().equals("windows") ? List.of("cmd", "/S", "/C") : List.of("/bin/sh", "-c");
  }

  /**
   * The config as it stands now, without a time of creation. What a base image says in keys of its
   * own does not carry over, as in BuildKit.
   */
  ImageConfig config() {
    ContainerConfigBuilder builder =
        new ContainerConfigBuilder()
            .user(user)
            .exposedPorts(ports)
            .env(env)
            .entrypoint(entrypoint)
            .cmd(cmd)
            .volumes(volumes)
            .workingDir(workingDir)
            .labels(labels)
            .stopSignal(stopSignal)
            .argsEscaped(argsEscaped)
            .onBuild(onBuild)
            .shell(shell);
    healthcheck.ifPresent(builder::healthcheck);
    return new ImageConfig(
        platform, Optional.empty(), author, builder.build(), from.diffIds(), history, Map.of());
  }
}
