package dev.obdbuild.builder.gateway;

import dev.obdbuild.builder.call.Statuses;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.protos.gateway.ExecMessage;
import dev.obdbuild.protos.gateway.FdMessage;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One call of {@code ExecProcess}: any number of processes in the containers of one build. When the
 * client ends the call, or is gone, its processes are killed.
 */
final class ProcessCall {

  /** Messages that wait to be handled; each has up to a gRPC message's bytes. */
  private static final int WINDOW = 8;

  private static final int MOST = 1000;

  private final Duplex<ExecMessage, ExecMessage> call;
  private final GatewayService.Current current;
  private final Map<String, RemoteProcess> processes = new HashMap<>();
  private final ReentrantLock sending = new ReentrantLock();

  private ProcessCall(Duplex<ExecMessage, ExecMessage> call, GatewayService.Current current) {
    this.call = call;
    this.current = current;
  }

  /** Takes over a call while the service's method for it runs. */
  static StreamObserver<ExecMessage> serve(
      GatewayService.Current current, StreamObserver<ExecMessage> out) {
    Duplex<ExecMessage, ExecMessage> call =
        Duplex.serving("processes", WINDOW, (ServerCallStreamObserver<ExecMessage>) out);
    ProcessCall served = new ProcessCall(call, current);
    Thread.ofVirtual().name("exec-process").start(Context.current().wrap(served::run));
    return call;
  }

  private void run() {
    try {
      GatewayContainers containers = current.build().containers();
      for (ExecMessage message = call.receive(Duplex.FOREVER);
          message != null;
          message = call.receive(Duplex.FOREVER)) {
        handle(message, containers);
      }
      call.finish();
    } catch (IOException | StatusException | RuntimeException e) {
      call.abort(Status.fromThrowable(Statuses.exception(e)));
    } finally {
      processes.values().forEach(RemoteProcess::kill);
    }
  }

  private void handle(ExecMessage message, GatewayContainers containers)
      throws IOException, StatusException {
    String id = message.getProcessID();
    if (id.isEmpty()) {
      throw Status.INVALID_ARGUMENT.withDescription("ProcessID required").asException();
    }
    switch (message.getInputCase()) {
      case INIT -> start(message, containers);
      case FILE -> file(find(id), message.getFile());
      case RESIZE -> find(id).resize(message.getResize().getRows(), message.getResize().getCols());
      case SIGNAL -> find(id).signal(message.getSignal().getName());
      case STARTED, EXIT, DONE, INPUT_NOT_SET -> {
        // Not what a client says; BuildKit passes over it as well.
      }
    }
  }

  private RemoteProcess find(String id) throws StatusException {
    RemoteProcess process = processes.get(id);
    if (process == null) {
      throw Status.NOT_FOUND
          .withDescription("IO for process \"" + id + "\" not found")
          .asException();
    }
    return process;
  }

  private void start(ExecMessage message, GatewayContainers containers)
      throws IOException, StatusException {
    String id = message.getProcessID();
    if (processes.containsKey(id)) {
      throw Status.ALREADY_EXISTS
          .withDescription("Process " + id + " already exists")
          .asException();
    }
    if (processes.size() == MOST) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription("a call may start " + MOST + " processes")
          .asException();
    }
    processes.put(
        id,
        RemoteProcess.start(
            containers.get(message.getInit().getContainerID()),
            message.getInit(),
            answer -> send(answer.setProcessID(id).build())));
  }

  private static void file(RemoteProcess process, FdMessage message)
      throws IOException, StatusException {
    TypedInput stdin = process.stdin(message.getFd());
    stdin.add(message.getData());
    if (message.getEOF()) {
      stdin.end();
    }
  }

  private void send(ExecMessage message) throws IOException {
    sending.lock();
    try {
      call.send(message);
    } finally {
      sending.unlock();
    }
  }
}
