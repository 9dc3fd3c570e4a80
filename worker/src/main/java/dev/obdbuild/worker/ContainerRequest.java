package dev.obdbuild.worker;

import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import java.util.List;
import java.util.Optional;

/**
 * A container that a gateway's client asks for.
 *
 * @param mounts as those of a RUN step; one of them is at {@code /}. Inputs are indices into the
 *     results given with the request; outputs mean nothing: what is written is dropped
 * @param network which network
 * @param hostname empty for the default
 * @param extraHosts further lines of /etc/hosts
 */
public record ContainerRequest(
    List<ExecMount> mounts,
    ExecOp.NetworkMode network,
    String hostname,
    List<ExecMeta.HostIp> extraHosts) {

  /**
   * @throws IllegalArgumentException when there is not exactly one mount at {@code /}, or that is
   *     no bind
   */
  public ContainerRequest {
    mounts = List.copyOf(mounts);
    extraHosts = List.copyOf(extraHosts);
    List<ExecMount> roots = mounts.stream().filter(mount -> mount.dest().equals("/")).toList();
    if (roots.size() != 1 || !(roots.getFirst().kind() instanceof ExecMount.Bind)) {
      throw new IllegalArgumentException(
          "container with " + roots.size() + " root mounts, or one that is no bind");
    }
  }

  /** The step that would have the same mounts and sandbox. */
  ExecOp step() {
    ExecMeta meta =
        new ExecMeta(
            List.of(),
            List.of(),
            "/",
            "",
            Optional.empty(),
            extraHosts,
            hostname,
            List.of(),
            "",
            true,
            List.of());
    List<ExecMount> dropped =
        mounts.stream()
            .map(
                m ->
                    new ExecMount(
                        m.input(),
                        m.selector(),
                        m.dest(),
                        dev.obdbuild.llb.Op.NONE,
                        m.readOnly(),
                        m.kind(),
                        m.contentCache()))
            .toList();
    return new ExecOp(meta, dropped, network, ExecOp.SecurityMode.SANDBOX, List.of(), List.of());
  }
}
