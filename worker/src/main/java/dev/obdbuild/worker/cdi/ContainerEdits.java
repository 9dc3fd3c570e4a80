package dev.obdbuild.worker.cdi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a device changes in the configuration of a container.
 *
 * @param env {@code NAME=value}, instead of what has that name
 * @param groups further groups of the process
 * @param intelRdt members of the runtime's object of that name
 */
public record ContainerEdits(
    List<String> env,
    List<DeviceNode> deviceNodes,
    List<Mount> mounts,
    List<Hook> hooks,
    List<Long> groups,
    Map<String, Object> intelRdt) {

  /** No change. */
  public static final ContainerEdits NONE =
      new ContainerEdits(List.of(), List.of(), List.of(), List.of(), List.of(), Map.of());

  public ContainerEdits {
    env = List.copyOf(env);
    deviceNodes = List.copyOf(deviceNodes);
    mounts = List.copyOf(mounts);
    hooks = List.copyOf(hooks);
    groups = List.copyOf(groups);
    intelRdt = Map.copyOf(intelRdt);
  }

  /**
   * A device node; what is empty is that of the host's node.
   *
   * @param path inside the container
   * @param hostPath on the host
   * @param type {@code b}, {@code c}, {@code u} or {@code p}
   * @param permissions some of {@code rwm}; empty for all
   */
  public record DeviceNode(
      String path,
      String hostPath,
      String type,
      long major,
      long minor,
      OptionalInt fileMode,
      String permissions,
      OptionalLong uid,
      OptionalLong gid) {}

  /**
   * Something of the host that is mounted.
   *
   * @param type of filesystem; empty for a bind
   */
  public record Mount(String hostPath, String containerPath, List<String> options, String type) {
    public Mount {
      options = List.copyOf(options);
    }
  }

  /**
   * A program of the host that the runtime runs.
   *
   * @param name when it runs: {@code prestart}, {@code createRuntime}, {@code createContainer},
   *     {@code startContainer}, {@code poststart} or {@code poststop}
   * @param timeout in seconds
   */
  public record Hook(
      String name, String path, List<String> args, List<String> env, OptionalInt timeout) {
    public Hook {
      args = List.copyOf(args);
      env = List.copyOf(env);
    }
  }

  boolean isEmpty() {
    return equals(NONE);
  }

  /** These edits and others after them. */
  ContainerEdits plus(ContainerEdits other) {
    return new ContainerEdits(
        joined(env, other.env),
        joined(deviceNodes, other.deviceNodes),
        joined(mounts, other.mounts),
        joined(hooks, other.hooks),
        joined(groups, other.groups),
        other.intelRdt.isEmpty() ? intelRdt : other.intelRdt);
  }

  private static <T> List<T> joined(List<T> one, List<T> other) {
    List<T> all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }

  /** The variable that an entry of an environment sets. */
  public static String variable(String entry) {
    int at = entry.indexOf('=');
    return at < 0 ? entry : entry.substring(0, at);
  }
}
