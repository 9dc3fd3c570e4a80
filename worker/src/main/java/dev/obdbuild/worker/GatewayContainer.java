package dev.obdbuild.worker;

import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.MountedTree;
import dev.obdbuild.worker.exec.Container;
import dev.obdbuild.worker.exec.ContainerProcess;
import dev.obdbuild.worker.exec.ProcessStreams;
import dev.obdbuild.worker.exec.RunningProcess;
import dev.obdbuild.worker.exec.Sandbox;
import dev.obdbuild.worker.network.Networks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A container over results of a build, in which processes are started one by one: the first is its
 * init, further ones join it. Thread-safe; any thread may call. Nothing that is written stays.
 *
 * <p>Closing it kills what runs and unmounts everything; so does a cancellation as far as the
 * processes are concerned, after which it is still to be closed.
 */
public final class GatewayContainer implements AutoCloseable {

  private final Workspace workspace;
  private final StepMounts mounts;
  private final Networks.Attachment network;
  private final Container container;
  private final Cancellation.Registration cancelling;

  private GatewayContainer(
      Workspace workspace,
      StepMounts mounts,
      Networks.Attachment network,
      Container container,
      Cancellation cancellation) {
    this.workspace = workspace;
    this.mounts = mounts;
    this.network = network;
    this.container = container;
    this.cancelling = cancellation.onCancel(container::kill);
  }

  static GatewayContainer open(
      Workspace workspace, ContainerRequest request, List<WorkerResult> inputs, OpContext context)
      throws IOException {
    ExecOp step = request.step();
    Sandbox sandbox = Sandboxes.of(step, workspace);
    String id = workspace.newName("gateway");
    StepMounts mounts = new StepMounts(workspace, step, context);
    try {
      mounts.lockCaches(inputs);
      mounts.mount(inputs);
      Networks.Attachment network = Sandboxes.attach(workspace, step.network(), id);
      try {
        Container container =
            workspace
                .tools()
                .runner()
                .open(id, mounts.root(), Sandboxes.joined(sandbox, network), mounts.binds());
        return new GatewayContainer(workspace, mounts, network, container, context.cancellation());
      } catch (IOException | RuntimeException e) {
        try (network) {
          throw e;
        }
      }
    } catch (IOException | RuntimeException e) {
      try (mounts) {
        throw e;
      }
    }
  }

  /**
   * Starts a process; returns as soon as the runtime works on it. What fails later, such as a
   * command that there is not, shows as its exit code and on its standard error.
   *
   * @throws RefusedException when it asks for more than the caller is entitled to
   * @throws IOException when it cannot be started, or the first process has ended
   */
  public RunningProcess start(ProcessRequest request, ProcessStreams streams) throws IOException {
    Sandbox.Security security =
        Sandboxes.security(request.security(), workspace.session().entitlements());
    List<String> env = new ArrayList<>(request.env());
    ExecEnvironment.addSecrets(env, request.secretEnv(), workspace.session().secrets());
    ContainerProcess process =
        new ContainerProcess(
            request.args(), env, request.cwd(), request.user(), request.terminal());
    return OwnThread.call("container-start", () -> container.start(process, security, streams));
  }

  /**
   * The files of a mount as they are now; to be touched on mount threads only, and not any more
   * when the container is closed. The caller closes it.
   *
   * @param mount index into the request's mounts
   * @throws IOException when there is no such mount, or it has no files that can be looked at
   */
  public FileTree files(int mount) throws IOException {
    Path folder =
        mounts
            .folder(mount)
            .orElseThrow(() -> new IOException("mountable " + mount + " not found"));
    return workspace
        .snapshots()
        .mountThreads()
        .call(() -> MountedTree.open(folder, workspace.newName("files")));
  }

  @Override
  public void close() throws IOException {
    try (StepMounts mounted = mounts;
        Networks.Attachment attached = network;
        Cancellation.Registration withdrawn = cancelling) {
      OwnThread.call(
          "container-close",
          () -> {
            container.close();
            return true;
          });
    }
  }
}
