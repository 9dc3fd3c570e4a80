package dev.obdbuild.builder.wire;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Services whose connections carry bytes that come by another way: through a stream of messages, or
 * a process's standard input and output. Thread-safe.
 */
public final class LocalServer implements AutoCloseable {
  private static final int WINDOW = 1 << 20;

  private final EventLoop loop;
  private final LocalAddress address = new LocalAddress(LocalServer.class);
  private final Server server;

  /**
   * Serves.
   *
   * @param executor carries out the calls
   */
  public LocalServer(EventLoops loops, Executor executor, List<ServerServiceDefinition> services)
      throws IOException {
    this.loop = loops.tunnel();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .channelType(LocalServerChannel.class)
            .bossEventLoopGroup(loop)
            .workerEventLoopGroup(loop)
            .initialFlowControlWindow(WINDOW)
            .maxInboundMessageSize(EventLoops.MAX_MESSAGE)
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .executor(executor);
    services.forEach(builder::addService);
    this.server = builder.build().start();
  }

  /**
   * Opens a connection.
   *
   * @param handler gets what the server says
   * @param autoRead whether it gets it unasked
   */
  public ChannelFuture connect(ChannelHandler handler, boolean autoRead) {
    return new Bootstrap()
        .group(loop)
        .channel(LocalChannel.class)
        .option(ChannelOption.AUTO_READ, autoRead)
        .handler(
            new ChannelInitializer<LocalChannel>() {
              @Override
              protected void initChannel(LocalChannel channel) {
                channel.pipeline().addLast(handler);
              }
            })
        .connect(address);
  }

  /** Waits for the calls that a close cut; false when some go on all the same. */
  public boolean awaitEnd(Duration patience) throws InterruptedException {
    return server.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Cuts the calls under way, and does not wait for their end. */
  @Override
  public void close() {
    server.shutdownNow();
  }
}
