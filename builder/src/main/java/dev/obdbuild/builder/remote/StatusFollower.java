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

  /** The same of a build that failed without a word: the daemon may never have heard of it. */
  private static final Duration UNHEARD = Duration.ofMillis(500);

  private final DaemonClient daemon;
  private final StatusRequest request;
  private final ProgressSink sink;
  private final Duplex<StatusRequest, StatusResponse> call = new Duplex<>("progress", WINDOW);
  private @Nullable Thread thread;
  private volatile boolean heard;

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
        heard = true;
        sink.acceptAll(StatusEvents.of(message));
      }
    } catch (IOException e) {
      // The build's own call tells what went wrong; progress that is cut adds nothing to that.
    } catch (IllegalArgumentException e) {
      call.abort(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
    }
  }

  /** Waits until all news of a build that succeeded have come; in vain at most some seconds. */
  void await() {
    await(PATIENCE);
  }

  /** The same for a build that failed or was cancelled, perhaps before it was begun. */
  void awaitFailed() {
    await(heard ? PATIENCE : UNHEARD);
  }

  private void await(Duration patience) {
    Thread following = thread;
    if (following == null) {
      return;
    }
    try {
      if (!following.join(patience)) {
        call.abort(Status.CANCELLED.withDescription("not wanted any more"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
