package dev.obdbuild.worker.exec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A container in which processes are started one by one. The first is its init: when that ends, so
 * do the others, and no further one can be started. Thread-safe.
 *
 * <p>To be started in and closed on platform threads: both touch the mounted root filesystem.
 * Closing kills what runs, waits for it, and takes away what the mounts left behind.
 */
public final class Container implements AutoCloseable {

  private static final long POLL_MILLIS = 5;
  private static final long END_SECONDS = 10;

  private final Parts parts;
  private final Shape shape;
  private final List<RunningProcess> others = new ArrayList<>();
  private @Nullable RunningProcess init;
  private @Nullable MountStubs stubs;
  private boolean closed;

  /** What it is made with; entry and bundle are its own. */
  record Parts(
      OciRuntime runtime,
      RuntimeConfig config,
      Dns dns,
      ContainerJournal.Entry entry,
      Bundle bundle) {}

  /** What it looks like from inside. */
  record Shape(String id, Path rootfs, Sandbox sandbox, List<ContainerMount> mounts) {}

  Container(Parts parts, Shape shape) {
    this.parts = parts;
    this.shape = shape;
  }

  /**
   * Starts a process; returns as soon as the runtime works on it.
   *
   * @param security of this process alone; the first one's is the container's
   * @throws IOException when it cannot be started, or the first process has ended
   */
  public synchronized RunningProcess start(
      ContainerProcess process, Sandbox.Security security, ProcessStreams streams)
      throws IOException, InterruptedException {
    if (closed) {
      throw new IOException("container " + shape.id() + " is closed");
    }
    ContainerUser user = ContainerUser.in(shape.rootfs(), process.user());
    Sandbox sandbox = shape.sandbox().withSecurity(security);
    RunningProcess first = init;
    if (first == null) {
      RunningProcess started = startInit(process, sandbox, user, streams);
      init = started;
      return started;
    }
    awaitRunning(first);
    String file = "process-" + others.size() + ".json";
    parts.bundle().write(file, parts.config().process(process, sandbox, user));
    Path pidFile = pidFile(others.size() + 1);
    RunningProcess started =
        RunningProcess.start(
            runtime(
                "exec",
                "--process",
                parts.bundle().folder().resolve(file).toString(),
                "--pid-file",
                pidFile.toString(),
                shape.id()),
            pidFile,
            process.terminal(),
            streams);
    others.add(started);
    return started;
  }

  private RunningProcess startInit(
      ContainerProcess process, Sandbox sandbox, ContainerUser user, ProcessStreams streams)
      throws IOException {
    Bundle bundle = parts.bundle();
    List<ContainerMount> binds = bundle.binds(sandbox, shape.mounts(), parts.dns());
    ExecSpec spec = new ExecSpec(shape.id(), shape.rootfs(), process, sandbox, shape.mounts());
    bundle.write("config.json", parts.config().write(spec, user, binds));
    stubs = MountStubs.before(shape.rootfs(), binds);
    return RunningProcess.start(
        runtime(
            "run",
            "--bundle",
            bundle.folder().toString(),
            "--pid-file",
            pidFile(0).toString(),
            shape.id()),
        pidFile(0),
        process.terminal(),
        streams);
  }

  private Path pidFile(int number) {
    return parts.bundle().folder().resolve("pid-" + number);
  }

  private List<String> runtime(String... arguments) {
    return parts.runtime().command(parts.bundle().runtimeState(), arguments);
  }

  /** Others can only join a container whose first process runs. */
  private void awaitRunning(RunningProcess first) throws IOException, InterruptedException {
    while (!parts.runtime().isRunning(parts.bundle().runtimeState(), shape.id())) {
      if (first.hasEndedWithin(POLL_MILLIS)) {
        throw new IOException("container " + shape.id() + " has ended: its first process is gone");
      }
    }
  }

  /** Kills everything in it. Does not wait and does not touch the root filesystem. */
  public void kill() {
    Thread.ofPlatform().name("container-kill").daemon().start(this::killAll);
  }

  private void killAll() {
    RunningProcess first;
    List<RunningProcess> rest;
    synchronized (this) {
      first = init;
      rest = List.copyOf(others);
    }
    if (first != null) {
      try {
        // Again until it works: a container that is just being made cannot be killed yet.
        for (int i = 0; i < 100 && first.isAlive(); i++) {
          parts.runtime().kill(parts.bundle().runtimeState(), shape.id());
          if (first.hasEndedWithin(50)) {
            break;
          }
        }
      } catch (IOException e) {
        first.destroy();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      first.destroy();
    }
    rest.forEach(RunningProcess::destroy);
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try (ContainerJournal.Entry entry = parts.entry();
        Bundle bundle = parts.bundle();
        MountStubs left = stubs) {
      killAll();
      RunningProcess first = init;
      if (first != null) {
        if (!first.hasEndedWithin(TimeUnit.SECONDS.toMillis(END_SECONDS))) {
          throw new IOException("container " + shape.id() + " does not end");
        }
        parts.runtime().delete(parts.bundle().runtimeState(), shape.id());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while container " + shape.id() + " ended", e);
    }
  }
}
