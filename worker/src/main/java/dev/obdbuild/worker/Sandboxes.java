package dev.obdbuild.worker;

import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.LinuxResources;
import dev.obdbuild.worker.cdi.CdiDevices;
import dev.obdbuild.worker.cdi.ContainerEdits;
import dev.obdbuild.worker.cdi.DeviceGrant;
import dev.obdbuild.worker.exec.Sandbox;
import dev.obdbuild.worker.exec.Sandbox.HostAlias;
import dev.obdbuild.worker.exec.Sandbox.Network;
import dev.obdbuild.worker.exec.Sandbox.Security;
import dev.obdbuild.worker.exec.Sandbox.Ulimit;
import dev.obdbuild.worker.network.Networks;
import java.io.IOException;
import java.util.Set;

/** The sandbox that a step of the graph asks for. */
final class Sandboxes {

  /** A tmpfs mounted here only sets the size of what is there anyway. */
  static final String SHM = "/dev/shm";

  private Sandboxes() {}

  /**
   * The sandbox of a step.
   *
   * @throws RefusedException when it asks for more than the caller is entitled to, or for a device
   *     that there is not
   */
  static Sandbox of(ExecOp op, CdiDevices devices, Set<String> entitlements)
      throws RefusedException {
    return new Sandbox(
        op.meta().hostname(),
        op.meta().extraHosts().stream().map(h -> new HostAlias(h.host(), h.ip())).toList(),
        network(op, entitlements),
        security(op, entitlements),
        op.meta().ulimits().stream().map(u -> new Ulimit(u.name(), u.soft(), u.hard())).toList(),
        shmBytes(op),
        op.meta().cgroupParent(),
        LinuxResources.NONE,
        edits(op, devices, entitlements));
  }

  private static ContainerEdits edits(ExecOp op, CdiDevices devices, Set<String> entitlements)
      throws RefusedException {
    try {
      return CdiDevices.edits(DeviceGrant.of(entitlements).admit(op.devices(), devices));
    } catch (IOException e) {
      throw new RefusedException(String.valueOf(e.getMessage()));
    }
  }

  /** The sandbox of a step of a build. */
  static Sandbox of(ExecOp op, Workspace workspace) throws RefusedException {
    return of(op, workspace.tools().devices(), workspace.session().entitlements());
  }

  /** The network that a container asks for, if it is not the host's or none by name. */
  static Networks.Attachment attach(Workspace workspace, ExecOp.NetworkMode mode, String container)
      throws IOException {
    return switch (mode) {
      case DEFAULT -> workspace.tools().networks().attach(container);
      case HOST, NONE -> Networks.ofHost().attach(container);
    };
  }

  /** A sandbox in the namespace that was made for it, if one was. */
  static Sandbox joined(Sandbox sandbox, Networks.Attachment network) {
    return network
        .namespace()
        .map(path -> sandbox.withNetwork(new Network.Joined(path)))
        .orElse(sandbox);
  }

  private static Network network(ExecOp op, Set<String> entitlements) throws RefusedException {
    return switch (op.network()) {
      case DEFAULT -> Network.HOST;
      case NONE -> Network.NONE;
      case HOST -> {
        require(WorkerSession.NETWORK_HOST, entitlements);
        yield Network.HOST;
      }
    };
  }

  private static Security security(ExecOp op, Set<String> entitlements) throws RefusedException {
    return security(op.security(), entitlements);
  }

  /** The security of a process, if the caller is entitled to it. */
  static Security security(ExecOp.SecurityMode mode, Set<String> entitlements)
      throws RefusedException {
    return switch (mode) {
      case SANDBOX -> Security.SANDBOXED;
      case INSECURE -> {
        require(WorkerSession.SECURITY_INSECURE, entitlements);
        yield Security.INSECURE;
      }
    };
  }

  private static void require(String entitlement, Set<String> entitlements)
      throws RefusedException {
    if (!entitlements.contains(entitlement)) {
      throw new RefusedException("entitlement " + entitlement + " is not allowed");
    }
  }

  private static long shmBytes(ExecOp op) {
    long bytes = 0;
    for (ExecMount mount : op.mounts()) {
      if (mount.dest().equals(SHM) && mount.kind() instanceof ExecMount.Tmpfs tmpfs) {
        bytes = tmpfs.size();
      }
    }
    return bytes;
  }
}
