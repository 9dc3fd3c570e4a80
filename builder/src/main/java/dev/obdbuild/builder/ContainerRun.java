package dev.obdbuild.builder;

import dev.obdbuild.oci.image.ContainerConfig;
import dev.obdbuild.snapshots.ActiveSnapshot;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.worker.exec.ContainerIo;
import dev.obdbuild.worker.exec.ContainerProcess;
import dev.obdbuild.worker.exec.ExecSpec;
import dev.obdbuild.worker.exec.Sandbox;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Runs a command in a container of an image, on a writable layer that is thrown away. */
public final class ContainerRun {

  private static final String DEFAULT_PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final int ID_LENGTH = 12;

  private final Engine engine;

  /** Runs on an engine, which it borrows. */
  public ContainerRun(Engine engine) {
    this.engine = engine;
  }

  /**
   * What to run.
   *
   * @param command replaces the image's command when not empty
   * @param env added to the image's environment
   * @param entrypoint replaces the image's entrypoint; empty text for none
   * @param stdin whether the command gets this process's standard input
   * @param terminal whether the command gets a terminal
   * @param isolated whether it has no network
   */
  public record Request(
      String image,
      List<String> command,
      Map<String, String> env,
      Optional<String> workdir,
      Optional<String> user,
      Optional<String> entrypoint,
      boolean stdin,
      boolean terminal,
      boolean isolated) {

    public Request {
      command = List.copyOf(command);
      env = Map.copyOf(env);
    }
  }

  /**
   * Runs it to its end.
   *
   * @return the command's exit code
   * @throws ContainerStartException when there was nothing to run or it could not be started
   * @throws java.util.concurrent.CancellationException when it was cancelled
   */
  public int run(Request request, Cancellation cancellation)
      throws IOException, InterruptedException {
    try (ImageLookup.Found image = new ImageLookup(engine).find(request.image())) {
      String id = "run-" + UUID.randomUUID().toString().replace("-", "").substring(0, ID_LENGTH);
      ContainerProcess process = process(request, image.config().config());
      try (ActiveSnapshot folder =
          engine.snapshots().prepare(image.snapshot(), id, image.lease())) {
        if (!engine.snapshots().mountThreads().call(() -> Program.isIn(folder.path(), process))) {
          throw new ContainerStartException(
              request.image() + " has no program " + process.args().getFirst());
        }
        ExecSpec spec = new ExecSpec(id, folder.path(), process, sandbox(request, id), List.of());
        int code =
            new PlatformCall<>(
                    "run",
                    () ->
                        engine
                            .runner()
                            .run(spec, new ContainerIo.Inherit(request.stdin()), cancellation))
                .join();
        Optional<IOException> failure = folder.deviceFailure();
        if (failure.isPresent()) {
          throw new IOException(
              "the root filesystem failed: " + failure.get().getMessage(), failure.get());
        }
        return code;
      }
    }
  }

  private static Sandbox sandbox(Request request, String id) {
    return new Sandbox(
        id.substring("run-".length()),
        List.of(),
        request.isolated() ? Sandbox.Network.NONE : Sandbox.Network.HOST,
        Sandbox.Security.SANDBOXED,
        List.of(),
        0,
        "");
  }

  private static ContainerProcess process(Request request, ContainerConfig config)
      throws ContainerStartException {
    List<String> args = new ArrayList<>();
    if (request.entrypoint().isPresent()) {
      request.entrypoint().filter(e -> !e.isEmpty()).ifPresent(args::add);
      args.addAll(request.command());
    } else {
      args.addAll(config.entrypoint());
      args.addAll(request.command().isEmpty() ? config.cmd() : request.command());
    }
    if (args.isEmpty()) {
      throw new ContainerStartException(request.image() + " names no command: give one");
    }
    List<String> env = new ArrayList<>(config.env());
    if (env.stream().noneMatch(v -> v.startsWith("PATH="))) {
      env.addFirst(DEFAULT_PATH);
    }
    if (request.terminal() && env.stream().noneMatch(v -> v.startsWith("TERM="))) {
      env.add("TERM=" + Optional.ofNullable(System.getenv("TERM")).orElse("xterm"));
    }
    request.env().forEach((name, value) -> env.add(name + "=" + value));
    return new ContainerProcess(
        args,
        env,
        request.workdir().orElse(config.workingDir()),
        request.user().orElse(config.user()),
        request.terminal());
  }
}
