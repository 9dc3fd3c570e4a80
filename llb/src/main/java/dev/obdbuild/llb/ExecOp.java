package dev.obdbuild.llb;

import java.util.List;

/**
 * Runs one process in a container. The mount at {@code /} is its root filesystem.
 *
 * @param secretEnv environment variables whose values are secrets; values are never in the graph
 * @param devices CDI devices asked for
 */
public record ExecOp(
    ExecMeta meta,
    List<ExecMount> mounts,
    NetworkMode network,
    SecurityMode security,
    List<SecretEnv> secretEnv,
    List<CdiDevice> devices)
    implements Op {

  /** How the process reaches the network. */
  public enum NetworkMode {
    /** The builder's default. */
    DEFAULT,
    /** The host's network namespace. */
    HOST,
    /** Loopback only. */
    NONE
  }

  /** How far the process is confined. */
  public enum SecurityMode {
    SANDBOX,
    INSECURE
  }

  /** An environment variable filled from a secret. */
  public record SecretEnv(String id, String name, boolean optional) {}

  /** A CDI device by its qualified name. */
  public record CdiDevice(String name, boolean optional) {}

  public ExecOp {
    mounts = List.copyOf(mounts);
    secretEnv = List.copyOf(secretEnv);
    devices = List.copyOf(devices);
  }

  /** The mount at {@code /}; every checked graph has one. */
  public ExecMount root() {
    for (ExecMount mount : mounts) {
      if (mount.dest().equals("/")) {
        return mount;
      }
    }
    throw new IllegalStateException("exec operation without a root mount");
  }
}
