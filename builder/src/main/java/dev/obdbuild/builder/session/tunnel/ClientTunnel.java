package dev.obdbuild.builder.session.tunnel;

import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.protos.control.BytesMessage;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The client's end of a session's stream: serves the daemon through it. */
public final class ClientTunnel implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final Server server;
  private final StreamObserver<BytesMessage> out;

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
    LocalAddress address = new LocalAddress(ClientTunnel.class);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .channelType(LocalServerChannel.class)
            .bossEventLoopGroup(loops.tunnels())
            .workerEventLoopGroup(loops.tunnels())
            .initialFlowControlWindow(1 << 20)
            .maxInboundMessageSize(EventLoops.MAX_MESSAGE)
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .executor(threads);
    services.forEach(builder::addService);
    this.server = builder.build().start();
    this.out = open.apply(new Outer(loops, address));
  }

  /** Completes when the stream has ended; exceptionally when it broke. */
  public CompletableFuture<Void> ended() {
    return ended;
  }

  private final class Outer implements ClientResponseObserver<BytesMessage, BytesMessage> {
    private final EventLoops loops;
    private final LocalAddress address;
    private @org.jspecify.annotations.Nullable Bridge bridge;

    Outer(EventLoops loops, LocalAddress address) {
      this.loops = loops;
      this.address = address;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<BytesMessage> stream) {
      Bridge made = new Bridge(stream, () -> finish(stream));
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
                connect(made);
              }
              made.ready();
            }
          });
    }

    private void connect(Bridge made) {
      new Bootstrap()
          .group(loops.tunnels())
          .channel(LocalChannel.class)
          .option(ChannelOption.AUTO_READ, false)
          .handler(
              new ChannelInitializer<LocalChannel>() {
                @Override
                protected void initChannel(LocalChannel channel) {
                  channel.pipeline().addLast(made);
                }
              })
          .connect(address);
    }

    private void finish(ClientCallStreamObserver<BytesMessage> stream) {
      try {
        stream.onCompleted();
      } catch (IllegalStateException e) {
        // Cancelled or ended from the other side at this moment: ended is ended.
        ended.complete(null);
      }
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
      if (bridge != null) {
        bridge.stop();
      }
    }

    @Override
    public void onCompleted() {
      ended.complete(null);
      if (bridge != null) {
        bridge.stop();
      }
    }
  }

  /** Says that the session is over; calls under way are cut. */
  @Override
  public void close() {
    try {
      out.onCompleted();
    } catch (IllegalStateException e) {
      // It has ended already.
      ended.complete(null);
    }
    server.shutdownNow();
    try {
      if (!server.awaitTermination(2, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    threads.shutdown();
  }
}
