package dev.obdbuild.builder.remote;

import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.protos.control.ControlGrpc;
import dev.obdbuild.protos.control.StatusRequest;
import dev.obdbuild.protos.control.StatusResponse;
import dev.obdbuild.solver.progress.ProgressSink;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Follows a build's progress on a thread of its own. */
final class StatusFollower {

  private static final int WINDOW = 64;

  /** How long the end of the progress may come after the end of the build. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final DaemonClient daemon;
  private final StatusRequest request;
  private final ProgressSink sink;
  private final Duplex<StatusRequest, StatusResponse> call = new Duplex<>("progress", WINDOW);
  private @Nullable Thread thread;

  StatusFollower(DaemonClient daemon, String ref, ProgressSink sink) {
    this.daemon = daemon;
    this.request = StatusRequest.newBuilder().setRef(ref).build();
    this.sink = sink;
  }

  void start() {
    ControlGrpc.newStub(daemon.channel()).status(request, call);
    thread = Thread.ofVirtual().name("status").start(this::follow);
  }

  private void follow() {
    try {
      for (StatusResponse message = call.receive(Duplex.FOREVER);
          message != null;
          message = call.receive(Duplex.FOREVER)) {
        sink.acceptAll(StatusEvents.of(message));
      }
    } catch (IOException e) {
      // The build's own call tells what went wrong; progress that is cut adds nothing to that.
    } catch (IllegalArgumentException e) {
      call.abort(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
    }
  }

  /** Waits until all news have come; in vain at most some seconds. */
  void await() {
    Thread following = thread;
    if (following == null) {
      return;
    }
    try {
      if (!following.join(PATIENCE)) {
        call.abort(Status.CANCELLED.withDescription("not wanted any more"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
