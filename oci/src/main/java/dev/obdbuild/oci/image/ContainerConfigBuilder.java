package dev.obdbuild.oci.image;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Changes some parts of a {@link ContainerConfig}. Each method replaces one part. Not thread-safe.
 */
public final class ContainerConfigBuilder {
  private String user = "";
  private Set<String> exposedPorts = Set.of();
  private List<String> env = List.of();
  private List<String> entrypoint = List.of();
  private List<String> cmd = List.of();
  private Set<String> volumes = Set.of();
  private String workingDir = "";
  private Map<String, String> labels = Map.of();
  private String stopSignal = "";
  private boolean argsEscaped;
  private Optional<Healthcheck> healthcheck = Optional.empty();
  private List<String> onBuild = List.of();
  private Optional<Long> stopTimeout = Optional.empty();
  private List<String> shell = List.of();
  private Map<String, String> others = Map.of();

  /** Starts from nothing. */
  public ContainerConfigBuilder() {}

  ContainerConfigBuilder(ContainerConfig from) {
    user = from.user();
    exposedPorts = from.exposedPorts();
    env = from.env();
    entrypoint = from.entrypoint();
    cmd = from.cmd();
    volumes = from.volumes();
    workingDir = from.workingDir();
    labels = from.labels();
    stopSignal = from.stopSignal();
    argsEscaped = from.argsEscaped();
    healthcheck = from.healthcheck();
    onBuild = from.onBuild();
    stopTimeout = from.stopTimeout();
    shell = from.shell();
    others = from.others();
  }

  public ContainerConfigBuilder user(String value) {
    user = value;
    return this;
  }

  public ContainerConfigBuilder exposedPorts(Collection<String> value) {
    exposedPorts = new TreeSet<>(value);
    return this;
  }

  public ContainerConfigBuilder env(List<String> value) {
    env = value;
    return this;
  }

  public ContainerConfigBuilder entrypoint(List<String> value) {
    entrypoint = value;
    return this;
  }

  public ContainerConfigBuilder cmd(List<String> value) {
    cmd = value;
    return this;
  }

  public ContainerConfigBuilder volumes(Collection<String> value) {
    volumes = new TreeSet<>(value);
    return this;
  }

  public ContainerConfigBuilder workingDir(String value) {
    workingDir = value;
    return this;
  }

  public ContainerConfigBuilder labels(Map<String, String> value) {
    labels = new LinkedHashMap<>(value);
    return this;
  }

  public ContainerConfigBuilder stopSignal(String value) {
    stopSignal = value;
    return this;
  }

  public ContainerConfigBuilder argsEscaped(boolean value) {
    argsEscaped = value;
    return this;
  }

  public ContainerConfigBuilder healthcheck(Healthcheck value) {
    healthcheck = Optional.of(value);
    return this;
  }

  public ContainerConfigBuilder onBuild(List<String> value) {
    onBuild = value;
    return this;
  }

  public ContainerConfigBuilder shell(List<String> value) {
    shell = value;
    return this;
  }

  /** The config with every part as set. */
  public ContainerConfig build() {
    return new ContainerConfig(
        user,
        exposedPorts,
        env,
        entrypoint,
        cmd,
        volumes,
        workingDir,
        labels,
        stopSignal,
        argsEscaped,
        healthcheck,
        onBuild,
        stopTimeout,
        shell,
        others);
  }
}
