package dev.obdbuild.worker;

import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.worker.image.BaseImages;
import dev.obdbuild.worker.source.local.LocalFiles;
import java.util.Set;

/**
 * What the caller of one build lends it.
 *
 * @param lease keeps everything the build yields or uses from being pruned; its owner closes it
 * @param images base images, reached with the caller's credentials
 * @param locals folders
 * @param secrets secrets
 * @param ssh SSH agents
 * @param layouts OCI layouts
 * @param uploads streams that are sent once
 * @param entitlements what steps may ask for beyond the sandbox: {@link #NETWORK_HOST}, {@link
 *     #SECURITY_INSECURE}, and what {@link dev.obdbuild.worker.cdi.DeviceGrant} reads
 */
public record WorkerSession(
    Lease lease,
    BaseImages images,
    LocalFiles locals,
    Secrets secrets,
    SshAgents ssh,
    LayoutStores layouts,
    Uploads uploads,
    Set<String> entitlements) {

  /** Entitlement to ask for the host's network by name. */
  public static final String NETWORK_HOST = "network.host";

  /** Entitlement to run outside the sandbox. */
  public static final String SECURITY_INSECURE = "security.insecure";

  public WorkerSession {
    entitlements = Set.copyOf(entitlements);
  }

  /**
   * Lets a graph pass in which no step asks for more than the caller is entitled to. Devices are
   * looked at when their step runs, since their names may stand for others.
   *
   * @throws RefusedException naming the first right that is missing
   */
  public void admit(Graph graph) throws RefusedException {
    for (Vertex vertex : graph.vertices()) {
      if (vertex.op() instanceof ExecOp exec) {
        admit(exec.network() == ExecOp.NetworkMode.HOST, NETWORK_HOST);
        admit(exec.security() == ExecOp.SecurityMode.INSECURE, SECURITY_INSECURE);
      }
    }
  }

  private void admit(boolean asked, String right) throws RefusedException {
    if (asked && !entitlements.contains(right)) {
      throw new RefusedException("failed to load LLB: " + right + " is not allowed");
    }
  }

  /** A session that lends folders and secrets only. */
  public static WorkerSession of(
      Lease lease,
      BaseImages images,
      LocalFiles locals,
      Secrets secrets,
      Set<String> entitlements) {
    return new WorkerSession(
        lease,
        images,
        locals,
        secrets,
        SshAgents.none(),
        LayoutStores.none(),
        Uploads.none(),
        entitlements);
  }
}
