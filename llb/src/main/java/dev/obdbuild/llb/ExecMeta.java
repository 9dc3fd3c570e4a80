package dev.obdbuild.llb;

import java.util.List;
import java.util.Optional;

/**
 * The process of an {@link ExecOp}.
 *
 * @param env {@code K=V} in order; a later one wins
 * @param cwd absolute working directory
 * @param user {@code user[:group]} by name or number, empty for root
 * @param hostname empty for the builder's default
 * @param cgroupParent empty for the builder's default
 * @param removeMountStubs mount targets that were made for the process do not stay in its layer
 * @param validExitCodes exit codes that count as success; empty means 0 only
 */
public record ExecMeta(
    List<String> args,
    List<String> env,
    String cwd,
    String user,
    Optional<ProxyEnv> proxy,
    List<HostIp> extraHosts,
    String hostname,
    List<Ulimit> ulimits,
    String cgroupParent,
    boolean removeMountStubs,
    List<Integer> validExitCodes) {

  /** A line of the container's {@code /etc/hosts}. */
  public record HostIp(String host, String ip) {}

  /** A resource limit, by its name without {@code RLIMIT_}; -1 is unlimited. */
  public record Ulimit(String name, long soft, long hard) {}

  /** Proxies for the process. They are in its environment but never in a cache key. */
  public record ProxyEnv(String http, String https, String ftp, String no, String all) {}

  public ExecMeta {
    args = List.copyOf(args);
    env = List.copyOf(env);
    extraHosts = List.copyOf(extraHosts);
    ulimits = List.copyOf(ulimits);
    validExitCodes = List.copyOf(validExitCodes);
  }

  /** A process with nothing but arguments, environment, directory and user. */
  public static ExecMeta of(List<String> args, List<String> env, String cwd, String user) {
    return new ExecMeta(
        args, env, cwd, user, Optional.empty(), List.of(), "", List.of(), "", true, List.of());
  }
}
