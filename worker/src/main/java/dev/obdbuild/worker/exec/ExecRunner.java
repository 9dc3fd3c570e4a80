package dev.obdbuild.worker.exec;

import dev.obdbuild.solver.Cancellation;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs containers. Thread-safe; each call of {@link #run} is one container.
 *
 * <p>Call it on a platform thread: it touches the mounted root filesystem, which this very process
 * may be serving.
 */
public final class ExecRunner {

  private static final int CHUNK = 32 << 10;

  private final OciRuntime runtime;
  private final Path bundles;
  private final ContainerJournal journal;
  private @Nullable RuntimeConfig config;
  private final Dns dns;

  /** A runner whose containers resolve names as the host does. */
  public ExecRunner(OciRuntime runtime, Path state, ContainerJournal journal) {
    this(runtime, state, journal, Dns.ofHost());
  }

  /**
   * A runner whose bundles and runtime state lie below a folder.
   *
   * @param state a folder that is not on a served device
   */
  public ExecRunner(OciRuntime runtime, Path state, ContainerJournal journal, Dns dns) {
    this.runtime = runtime;
    this.bundles = state.resolve("bundles");
    this.journal = journal;
    this.dns = dns;
  }

  /** Read when the first container is made: most builds that change nothing make none. */
  private synchronized RuntimeConfig config() throws IOException {
    RuntimeConfig known = config;
    if (known == null) {
      ObjectMapper json = JsonMapper.builder().build();
      known = new RuntimeConfig(json, Seccomp.load(json));
      config = known;
    }
    return known;
  }

  /**
   * A container for several processes; none runs in it yet. The caller closes it.
   *
   * @param id names the container; unique among live containers of this host
   * @param rootfs the mounted root filesystem, absolute; stays mounted until the container is
   *     closed
   * @param mounts in the order in which they are made
   */
  public Container open(String id, Path rootfs, Sandbox sandbox, List<ContainerMount> mounts)
      throws IOException {
    Path folder = bundles.resolve(id);
    ContainerJournal.Entry entry = journal.intend(runtime, Bundle.runtimeState(folder), folder, id);
    try {
      return new Container(
          new Container.Parts(runtime, config(), dns, entry, Bundle.create(folder)),
          new Container.Shape(id, rootfs, sandbox, mounts));
    } catch (IOException | RuntimeException e) {
      try (entry) {
        throw e;
      }
    }
  }

  /**
   * Runs one container to its end.
   *
   * @return the exit code of its process; 128 + n when signal n ended it
   * @throws IOException when the container cannot be made ready
   * @throws java.util.concurrent.CancellationException when it was cancelled
   */
  public int run(ExecSpec spec, ContainerIo io, Cancellation cancellation)
      throws IOException, InterruptedException {
    cancellation.throwIfCancelled();
    ContainerUser user = ContainerUser.in(spec.rootfs(), spec.process().user());
    Path folder = bundles.resolve(spec.id());
    try (ContainerJournal.Entry entry =
            journal.intend(runtime, Bundle.runtimeState(folder), folder, spec.id());
        Bundle bundle = Bundle.create(folder)) {
      List<ContainerMount> binds = bundle.binds(spec.sandbox(), spec.mounts(), dns);
      bundle.write("config.json", config().write(spec, user, binds));
      try (MountStubs stubs = MountStubs.before(spec.rootfs(), binds)) {
        return await(spec, bundle, io, cancellation);
      }
    }
  }

  private int await(ExecSpec spec, Bundle bundle, ContainerIo io, Cancellation cancellation)
      throws IOException, InterruptedException {
    boolean ended = false;
    Process process = start(spec, bundle, io);
    try (Cancellation.Registration ignored =
        cancellation.onCancel(() -> kill(process, bundle, spec.id()))) {
      int code = pump(process, io);
      cancellation.throwIfCancelled();
      ended = true;
      return code;
    } finally {
      if (!ended) {
        process.destroyForcibly();
        runtime.delete(bundle.runtimeState(), spec.id());
      }
    }
  }

  private Process start(ExecSpec spec, Bundle bundle, ContainerIo io) throws IOException {
    List<String> command = new ArrayList<>();
    if (io instanceof ContainerIo.Capture) {
      // A session of its own: Ctrl-C on our terminal must reach only us.
      command.add("setsid");
    }
    command.addAll(
        runtime.command(
            bundle.runtimeState(), "run", "--bundle", bundle.folder().toString(), spec.id()));
    ProcessBuilder builder = new ProcessBuilder(command);
    File none = new File("/dev/null");
    switch (io) {
      case ContainerIo.Capture c -> builder.redirectInput(none);
      case ContainerIo.Inherit i -> {
        builder.inheritIO();
        if (!i.stdin()) {
          builder.redirectInput(none);
        }
      }
    }
    return builder.start();
  }

  private static int pump(Process process, ContainerIo io)
      throws IOException, InterruptedException {
    if (!(io instanceof ContainerIo.Capture capture)) {
      return process.waitFor();
    }
    AtomicReference<@Nullable IOException> broken = new AtomicReference<>();
    Thread err =
        Thread.ofPlatform()
            .name("container-stderr")
            .start(() -> copy(process.getErrorStream(), 2, capture.sink(), broken));
    copy(process.getInputStream(), 1, capture.sink(), broken);
    err.join();
    int code = process.waitFor();
    IOException failure = broken.get();
    if (failure != null) {
      throw new IOException("reading the output of the container's process", failure);
    }
    return code;
  }

  private static void copy(
      InputStream from,
      int stream,
      ContainerIo.OutputSink to,
      AtomicReference<@Nullable IOException> broken) {
    byte[] buffer = new byte[CHUNK];
    try (from) {
      for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
        to.write(stream, java.util.Arrays.copyOf(buffer, n));
      }
    } catch (IOException e) {
      broken.compareAndSet(null, e);
    }
  }

  /** Kills until the runtime's process ends: a container that is just being made cannot be yet. */
  private void kill(Process process, Bundle bundle, String id) {
    Thread.ofPlatform()
        .name("container-kill")
        .daemon()
        .start(
            () -> {
              try {
                for (int i = 0; i < 100 && process.isAlive(); i++) {
                  runtime.kill(bundle.runtimeState(), id);
                  if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                    return;
                  }
                }
                process.destroyForcibly();
              } catch (IOException e) {
                process.destroyForcibly();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                process.destroyForcibly();
              }
            });
  }
}
