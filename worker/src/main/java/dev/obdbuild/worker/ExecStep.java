package dev.obdbuild.worker;

import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.LinuxResources;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.solver.CacheMap;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.InputKey;
import dev.obdbuild.solver.Op;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.exec.ContainerIo;
import dev.obdbuild.worker.exec.ContainerProcess;
import dev.obdbuild.worker.exec.ExecSpec;
import dev.obdbuild.worker.exec.Sandbox;
import dev.obdbuild.worker.network.Networks;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A RUN step: one container over the root filesystem of its input. */
final class ExecStep implements Op<WorkerResult> {

  /** How long after a cancellation a process may hang in a read before its devices fail. */
  private static final Duration KILL_TO_DEVICE_FAILURE = Duration.ofSeconds(1);

  private final Workspace workspace;
  private final Vertex vertex;
  private final ExecOp op;

  ExecStep(Workspace workspace, Vertex vertex, ExecOp op) {
    this.workspace = workspace;
    this.vertex = vertex;
    this.op = op;
  }

  @Override
  public CacheMap<WorkerResult> cacheMap(OpContext context) throws IOException {
    // Refused before anything runs, and on a cached step too.
    sandbox();
    List<InputKey<WorkerResult>> inputs = new ArrayList<>();
    for (int i = 0; i < vertex.inputs().size(); i++) {
      inputs.add(inputKey(i));
    }
    return CacheMap.of(ExecKey.of(op, vertex.platform()), inputs);
  }

  private Sandbox sandbox() throws RefusedException {
    return Sandboxes.of(op, workspace)
        .withLimits(vertex.meta().resources().orElse(LinuxResources.NONE));
  }

  /** An input that is only mounted to be read counts by what is read of it. */
  private InputKey<WorkerResult> inputKey(int input) {
    List<String> selectors = new ArrayList<>();
    boolean files = false;
    for (ExecMount mount : op.mounts()) {
      if (mount.input() != input) {
        continue;
      }
      boolean root = mount.dest().equals("/");
      boolean writes = (!mount.readOnly() || root) && mount.output() != dev.obdbuild.llb.Op.NONE;
      if (root || writes || mount.contentCache() == ExecMount.ContentCache.OFF) {
        return new InputKey.ByKey<>();
      }
      files |= mount.contentCache() == ExecMount.ContentCache.ON;
      selectors.add(mount.selector());
    }
    return selectors.isEmpty()
        ? new InputKey.ByKey<>()
        : Contents.paths(workspace, selectors, files);
  }

  @Override
  public List<WorkerResult> exec(OpContext context, List<WorkerResult> inputs) throws IOException {
    try (StepMounts mounts = new StepMounts(workspace, op, context)) {
      mounts.lockCaches(inputs);
      try (Permit permit = Permit.take(workspace.tools().steps(), context.cancellation())) {
        mounts.mount(inputs);
        run(context, mounts);
      }
      return mounts.commit(String.join(" ", op.meta().args()));
    }
  }

  private void run(OpContext context, StepMounts mounts) throws IOException {
    ExecMeta meta = op.meta();
    ContainerProcess process =
        new ContainerProcess(
            meta.args(),
            ExecEnvironment.of(op, workspace.session().secrets()),
            meta.cwd(),
            meta.user(),
            false);
    Sandbox sandbox = sandbox();
    String id = workspace.newName("step");
    try (Networks.Attachment network = Sandboxes.attach(workspace, op.network(), id)) {
      run(
          context,
          mounts,
          new ExecSpec(
              id, mounts.root(), process, Sandboxes.joined(sandbox, network), mounts.binds()));
    }
  }

  private void run(OpContext context, StepMounts mounts, ExecSpec spec) throws IOException {
    ExecMeta meta = op.meta();
    ForeignPrograms foreign = new ForeignPrograms(workspace, vertex.platform());
    foreign.refuseLevel();
    CountDownLatch ended = new CountDownLatch(1);
    int code;
    try (Cancellation.Registration failing =
        context.cancellation().onCancel(() -> failDevicesUnless(ended, mounts))) {
      code =
          OwnThread.call(
              "run-" + spec.id(),
              () ->
                  workspace
                      .tools()
                      .runner()
                      .run(
                          spec,
                          new ContainerIo.Capture(foreign.watching(context.progress()::log)),
                          context.cancellation()));
    } catch (IOException e) {
      mounts.confirm();
      throw new IOException(ExitCodeException.failed(meta.args()) + ": " + e.getMessage(), e);
    } finally {
      ended.countDown();
    }
    mounts.confirm();
    boolean good =
        meta.validExitCodes().isEmpty() ? code == 0 : meta.validExitCodes().contains(code);
    if (!good) {
      throw new ExitCodeException(meta.args(), code, foreign.hint());
    }
  }

  private static void failDevicesUnless(CountDownLatch ended, StepMounts mounts) {
    Thread.ofPlatform()
        .name("cancel-watch")
        .daemon()
        .start(
            () -> {
              try {
                if (!ended.await(KILL_TO_DEVICE_FAILURE.toMillis(), TimeUnit.MILLISECONDS)) {
                  mounts.failDevices();
                }
              } catch (InterruptedException e) {
                mounts.failDevices();
                Thread.currentThread().interrupt();
              }
            });
  }

  /** The right to run a container. */
  private record Permit(Semaphore steps) implements AutoCloseable {

    private static final long POLL_MILLIS = 50;

    static Permit take(Semaphore steps, Cancellation cancellation) throws IOException {
      try {
        while (!steps.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          cancellation.throwIfCancelled();
        }
        return new Permit(steps);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for other steps", e);
      }
    }

    @Override
    public void close() {
      steps.release();
    }
  }
}
