package dev.obdbuild.builder.session.tunnel;

import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.protos.control.BytesMessage;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import java.util.concurrent.TimeUnit;

/**
 * The daemon's end of a session's stream: a channel to the services that the client serves in it.
 */
public final class DaemonTunnel implements AutoCloseable {
  private final Channel listener;
  private final ManagedChannel channel;
  private final Bridge bridge;
  private final Runnable ended;

  /**
   * Takes over a stream; to be called while the service's method for it runs.
   *
   * @param out the way to the client; completed when the tunnel closes
   * @param ended run once, from any thread, when the tunnel has ended for whatever reason
   */
  public DaemonTunnel(
      EventLoops loops, ServerCallStreamObserver<BytesMessage> out, Runnable ended) {
    this.ended = ended;
    this.bridge = new Bridge(out, this::finish);
    out.disableAutoRequest();
    out.setOnReadyHandler(bridge::ready);
    out.setOnCancelHandler(bridge::stop);
    LocalAddress address = new LocalAddress(DaemonTunnel.class);
    EventLoop loop = loops.tunnel();
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channel(LocalServerChannel.class)
            .childOption(ChannelOption.AUTO_READ, false)
            .childHandler(
                new ChannelInitializer<LocalChannel>() {
                  @Override
                  protected void initChannel(LocalChannel accepted) {
                    accepted.parent().close();
                    accepted.pipeline().addLast(bridge);
                  }
                })
            .bind(address);
    // On the loop itself nothing may be waited for, nor need it be: whoever connects is queued
    // there
    // behind this.
    this.listener = loop.inEventLoop() ? bound.channel() : bound.syncUninterruptibly().channel();
    this.channel =
        NettyChannelBuilder.forAddress(address)
            .channelType(LocalChannel.class, LocalAddress.class)
            .eventLoopGroup(loop)
            .usePlaintext()
            .overrideAuthority("localhost")
            .initialFlowControlWindow(1 << 20)
            .maxInboundMessageSize(EventLoops.MAX_MESSAGE)
            .maxInboundMetadataSize(1 << 20)
            .idleTimeout(1000, TimeUnit.DAYS)
            .disableRetry()
            // Replies are only put into queues, which needs no thread of their own.
            .directExecutor()
            .build();
    loop.execute(() -> channel.getState(true));
  }

  /** What the client sends. */
  public StreamObserver<BytesMessage> incoming() {
    return new StreamObserver<>() {
      @Override
      public void onNext(BytesMessage message) {
        bridge.arrived(message);
      }

      @Override
      public void onError(Throwable failure) {
        bridge.stop();
      }

      @Override
      public void onCompleted() {
        bridge.stop();
      }
    };
  }

  /** To the client's services. Its replies come on threads that must not block. */
  public ManagedChannel channel() {
    return channel;
  }

  private void finish() {
    channel.shutdownNow();
    listener.close();
    ended.run();
  }

  /** Ends the session's calls and its stream. */
  @Override
  public void close() {
    bridge.stop();
  }
}
