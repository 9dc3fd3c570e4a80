package dev.obdbuild.worker.exec;

import dev.obdbuild.llb.LinuxResources;
import dev.obdbuild.worker.cdi.ContainerEdits;
import java.nio.file.Path;
import java.util.List;

/**
 * What a container may see and use beside its root filesystem.
 *
 * @param hostname as seen inside
 * @param extraHosts further lines of /etc/hosts
 * @param network which network namespace
 * @param security how much of the host is kept away
 * @param ulimits resource limits
 * @param shmBytes size of /dev/shm in bytes
 * @param cgroupParent cgroup below which the container's own is made, empty for the root
 * @param limits of its cgroup
 * @param edits what devices of the host bring with them
 */
public record Sandbox(
    String hostname,
    List<HostAlias> extraHosts,
    Network network,
    Security security,
    List<Ulimit> ulimits,
    long shmBytes,
    String cgroupParent,
    LinuxResources limits,
    ContainerEdits edits) {

  /** Hostname of a build step, as BuildKit gives it. */
  public static final String DEFAULT_HOSTNAME = "buildkitsandbox";

  /** Size of /dev/shm when nobody asks for another, in bytes. */
  public static final long DEFAULT_SHM_BYTES = 64L << 20;

  public Sandbox {
    extraHosts = List.copyOf(extraHosts);
    ulimits = List.copyOf(ulimits);
    hostname = hostname.isEmpty() ? DEFAULT_HOSTNAME : hostname;
    shmBytes = shmBytes <= 0 ? DEFAULT_SHM_BYTES : shmBytes;
  }

  /** One without limits of its cgroup and without devices. */
  public Sandbox(
      String hostname,
      List<HostAlias> extraHosts,
      Network network,
      Security security,
      List<Ulimit> ulimits,
      long shmBytes,
      String cgroupParent) {
    this(
        hostname,
        extraHosts,
        network,
        security,
        ulimits,
        shmBytes,
        cgroupParent,
        LinuxResources.NONE,
        ContainerEdits.NONE);
  }

  /** A sandboxed step with nothing special. */
  public static Sandbox standard() {
    return new Sandbox("", List.of(), Network.HOST, Security.SANDBOXED, List.of(), 0, "");
  }

  /** Which network a container is in. */
  public sealed interface Network {

    /** The host's own namespace. */
    Network HOST = new Host();

    /** A namespace of its own with nothing but the loopback interface. */
    Network NONE = new None();

    /** The host's own namespace, BuildKit's default where no bridge is configured. */
    record Host() implements Network {}

    /** A namespace of its own with nothing but the loopback interface. */
    record None() implements Network {}

    /**
     * A namespace that was made ready.
     *
     * @param path a file that stands for it as long as the container runs
     */
    record Joined(Path path) implements Network {}
  }

  /** The same with another degree of security. */
  public Sandbox withSecurity(Security other) {
    return new Sandbox(
        hostname, extraHosts, network, other, ulimits, shmBytes, cgroupParent, limits, edits);
  }

  /** The same in another network. */
  public Sandbox withNetwork(Network other) {
    return new Sandbox(
        hostname, extraHosts, other, security, ulimits, shmBytes, cgroupParent, limits, edits);
  }

  /** The same with other limits of its cgroup. */
  public Sandbox withLimits(LinuxResources other) {
    return new Sandbox(
        hostname, extraHosts, network, security, ulimits, shmBytes, cgroupParent, other, edits);
  }

  /** How much a container is kept away from the host. */
  public enum Security {
    /** Default capabilities, seccomp filter, masked paths. */
    SANDBOXED,
    /** All capabilities, no filter, the host's devices; needs an entitlement. */
    INSECURE
  }

  /** One line of /etc/hosts. */
  public record HostAlias(String name, String address) {}

  /**
   * One resource limit.
   *
   * @param name as in docker, without {@code RLIMIT_}: {@code nofile}
   * @param soft value the process starts with, -1 for unlimited
   * @param hard upper bound, -1 for unlimited
   */
  public record Ulimit(String name, long soft, long hard) {}
}
