package dev.obdbuild.builder.gateway;

import com.google.protobuf.ByteString;
import dev.obdbuild.builder.call.Statuses;
import dev.obdbuild.linux.process.Signal;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.protos.gateway.DoneMessage;
import dev.obdbuild.protos.gateway.ExecMessage;
import dev.obdbuild.protos.gateway.ExitMessage;
import dev.obdbuild.protos.gateway.FdMessage;
import dev.obdbuild.protos.gateway.InitMessage;
import dev.obdbuild.protos.gateway.StartedMessage;
import dev.obdbuild.worker.GatewayContainer;
import dev.obdbuild.worker.ProcessRequest;
import dev.obdbuild.worker.exec.ProcessStreams;
import dev.obdbuild.worker.exec.RunningProcess;
import io.grpc.Status;
import io.grpc.StatusException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A process in a container, whose streams are messages of a call. Thread-safe. */
final class RemoteProcess {

  private static final int STDIN = 0;
  private static final int STDOUT = 1;
  private static final int STDERR = 2;

  /** What the protocol says where there is no code. */
  private static final int NO_CODE = 255;

  private final RunningProcess process;
  private final TypedInput stdin;
  private final boolean typed;

  private RemoteProcess(RunningProcess process, TypedInput stdin, boolean typed) {
    this.process = process;
    this.stdin = stdin;
    this.typed = typed;
  }

  /** Where messages go, any thread's; fails when the call has ended. */
  @FunctionalInterface
  interface Answers {
    void send(ExecMessage.Builder answer) throws IOException;
  }

  /**
   * Starts a process and sees to it that its life is told: started, output, end.
   *
   * @throws IOException when it cannot be started
   */
  static RemoteProcess start(GatewayContainer container, InitMessage wanted, Answers answers)
      throws IOException {
    TypedInput stdin = new TypedInput();
    boolean typed = wanted.getFdsList().contains(STDIN);
    if (!typed) {
      stdin.end();
    }
    CountDownLatch started = new CountDownLatch(1);
    ProcessStreams streams =
        new ProcessStreams(
            stdin,
            output(wanted, STDOUT, started, answers),
            output(wanted, STDERR, started, answers));
    RunningProcess process = container.start(request(wanted), streams);
    RemoteProcess remote = new RemoteProcess(process, stdin, typed);
    answers.send(ExecMessage.newBuilder().setStarted(StartedMessage.getDefaultInstance()));
    started.countDown();
    Thread.ofVirtual().name("process-end").start(() -> remote.tellEnd(answers));
    return remote;
  }

  private static ProcessRequest request(InitMessage wanted) {
    List<String> env = new ArrayList<>(wanted.getMeta().getEnvList());
    if (wanted.getTty() && env.stream().noneMatch(it -> it.startsWith("TERM="))) {
      env.add("TERM=xterm");
    }
    return new ProcessRequest(
        wanted.getMeta().getArgsList(),
        env,
        wanted.getMeta().getCwd(),
        wanted.getMeta().getUser(),
        wanted.getTty(),
        wanted.getSecretenvList().stream()
            .map(it -> new ExecOp.SecretEnv(it.getID(), it.getName(), it.getOptional()))
            .toList(),
        switch (wanted.getSecurity()) {
          case SANDBOX -> ExecOp.SecurityMode.SANDBOX;
          case INSECURE -> ExecOp.SecurityMode.INSECURE;
          case UNRECOGNIZED ->
              throw new IllegalArgumentException(
                  "unknown security mode " + wanted.getSecurityValue());
        });
  }

  private static OutputStream output(
      InitMessage wanted, int fd, CountDownLatch started, Answers answers) {
    return wanted.getFdsList().contains(fd)
        ? new Output(fd, started, answers)
        : OutputStream.nullOutputStream();
  }

  /** One stream of the process's output. */
  private static final class Output extends OutputStream {
    private final int fd;
    private final CountDownLatch started;
    private final Answers answers;

    Output(int fd, CountDownLatch started, Answers answers) {
      this.fd = fd;
      this.started = started;
      this.answers = answers;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      if (length > 0) {
        send(FdMessage.newBuilder().setData(ByteString.copyFrom(from, offset, length)));
      }
    }

    /** Clients take nothing before they were told that the process has started. */
    private void send(FdMessage.Builder message) throws IOException {
      try {
        started.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while output was sent", e);
      }
      answers.send(ExecMessage.newBuilder().setFile(message.setFd(fd)));
    }

    @Override
    public void close() throws IOException {
      send(FdMessage.newBuilder().setEOF(true));
    }
  }

  private void tellEnd(Answers answers) {
    try {
      answers.send(ExecMessage.newBuilder().setExit(exit()));
      answers.send(ExecMessage.newBuilder().setDone(DoneMessage.getDefaultInstance()));
    } catch (IOException e) {
      // The client has gone: there is nobody to tell.
      kill();
    }
  }

  private ExitMessage exit() {
    try {
      int code = process.await();
      return code == 0
          ? ExitMessage.getDefaultInstance()
          : exit(code, Status.UNKNOWN.withDescription("exit code: " + code));
    } catch (IOException e) {
      return exit(NO_CODE, Status.UNKNOWN.withDescription(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return exit(NO_CODE, Status.CANCELLED.withDescription("context canceled"));
    }
  }

  private static ExitMessage exit(int code, Status why) {
    return ExitMessage.newBuilder()
        .setCode(code)
        .setError(Statuses.of(why.asRuntimeException()))
        .build();
  }

  /**
   * Where the bytes for a file of the process go.
   *
   * @throws StatusException when it reads none of that number
   */
  TypedInput stdin(int fd) throws StatusException {
    if (fd != STDIN || !typed) {
      throw Status.OUT_OF_RANGE
          .withDescription("fd " + Integer.toUnsignedString(fd) + " unavailable to write")
          .asException();
    }
    return stdin;
  }

  void resize(int rows, int columns) throws IOException {
    process.resize(rows, columns);
  }

  /**
   * Sends a signal.
   *
   * @param name such as {@code SIGTERM}
   * @throws StatusException when there is none of that name
   */
  void signal(String name) throws IOException, StatusException {
    signal(
        Signal.named(name)
            .orElseThrow(
                () ->
                    Status.INVALID_ARGUMENT
                        .withDescription("Unknown signal " + name)
                        .asException()));
  }

  private void signal(Signal signal) throws IOException {
    try {
      process.signal(signal);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a signal was sent", e);
    }
  }

  /** Kills it, if it still runs; does not wait for it. */
  void kill() {
    stdin.end();
    Thread.ofVirtual().name("process-kill").start(this::killNow);
  }

  private void killNow() {
    try (var _ = stdin) {
      signal(Signal.KILL);
    } catch (IOException e) {
      // It is killed with its container at the latest.
      stdin.close();
    }
  }
}
