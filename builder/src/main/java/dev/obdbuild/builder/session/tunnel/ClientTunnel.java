package dev.obdbuild.builder.session.tunnel;

import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.builder.wire.LocalServer;
import dev.obdbuild.protos.control.BytesMessage;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The client's end of a session's stream: serves the daemon through it. */
public final class ClientTunnel implements AutoCloseable {
  private static final Duration END_PATIENCE = Duration.ofSeconds(2);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final LocalServer server;
  private final Outer outer = new Outer();

  /**
   * Opens the stream and serves.
   *
   * @param open calls {@code Control/Session}, headers attached
   */
  public ClientTunnel(
      EventLoops loops,
      List<ServerServiceDefinition> services,
      Function<StreamObserver<BytesMessage>, StreamObserver<BytesMessage>> open)
      throws IOException {
    this.server = new LocalServer(loops, threads, services);
    var _ = open.apply(outer);
  }

  /** Completes when the stream has ended; exceptionally when it broke. */
  public CompletableFuture<Void> ended() {
    return ended;
  }

  /** The stream as this end sees it. */
  private final class Outer implements ClientResponseObserver<BytesMessage, BytesMessage> {
    private @Nullable Bridge bridge;

    void end() {
      if (bridge != null) {
        bridge.stop();
      }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<BytesMessage> stream) {
      Bridge made = new Bridge(stream, () -> {});
      this.bridge = made;
      stream.disableAutoRequestWithInitial(0);
      // The connection must not be used before the call has started.
      stream.setOnReadyHandler(
          new Runnable() {
            private boolean connected;

            @Override
            public void run() {
              if (!connected) {
                connected = true;
                var _ = server.connect(made, false);
              }
              made.ready();
            }
          });
    }

    @Override
    public void onNext(BytesMessage message) {
      if (bridge != null) {
        bridge.arrived(message);
      }
    }

    @Override
    public void onError(Throwable failure) {
      ended.completeExceptionally(failure);
      end();
    }

    @Override
    public void onCompleted() {
      ended.complete(null);
      end();
    }
  }

  /** Says that the session is over; calls under way are cut. */
  @Override
  public void close() {
    // It ends its calls before it lets the connection go, and that ends the stream.
    server.close();
    try {
      if (!server.awaitEnd(END_PATIENCE)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    outer.end(); // where nothing had connected yet
    threads.shutdown();
  }
}
