package dev.obdbuild.builder.wire;

import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The threads that move bytes of connections; platform threads that never block. One per process,
 * closed after all channels and servers made from it.
 */
public final class EventLoops implements AutoCloseable {
  /** Most bytes of one message, either way. */
  public static final int MAX_MESSAGE = 16 << 20;

  /** Most bytes of one call's headers. */
  private static final int MAX_HEADERS = 1 << 20;

  private static final int MAX_CALLS = 10_000;

  private static final int WINDOW = 1 << 20;

  /** Held, since a logger that nobody holds forgets its level. */
  private final List<Logger> quiet =
      List.of(
          Logger.getLogger("io.netty.bootstrap"),
          Logger.getLogger("io.grpc.netty.NettyServerTransport"),
          Logger.getLogger("io.grpc.netty.NettyServerHandler"));

  private final EventLoopGroup all;

  /**
   * @param threads for sockets and for the tunnels in them
   */
  public EventLoops(int threads) {
    // They tell, for each connection, that a unix socket has no TCP keepalive, which grpc asks
    // for, and that a connection or a call was cut.
    quiet.forEach(logger -> logger.setLevel(Level.SEVERE));
    this.all =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("wire", true), SocketsAndTunnels::new);
  }

  /**
   * The loop for both ends of a connection inside the process. Where a call's stream is what the
   * connection is carried by, it is the loop of that call's socket: bytes then go through all
   * layers on one thread.
   */
  public EventLoop tunnel() {
    EventLoop ofCall = OwnLoop.ofCall();
    return ofCall == null ? all.next() : ofCall;
  }

  /**
   * A channel to a daemon; connects when first used.
   *
   * @param tls for TCP only; a unix socket goes without
   * @throws IOException when the files of {@code tls} cannot be read
   */
  public NettyChannelBuilder channel(Address address, Optional<Tls> tls) throws IOException {
    NettyChannelBuilder builder =
        switch (address) {
          case Address.Unix(var path) ->
              NettyChannelBuilder.forAddress(new DomainSocketAddress(path.toString()))
                  .channelType(EpollDomainSocketChannel.class, DomainSocketAddress.class)
                  .overrideAuthority("localhost");
          case Address.Tcp(var host, var port) ->
              NettyChannelBuilder.forAddress(host, port)
                  .channelType(EpollSocketChannel.class, InetSocketAddress.class);
        };
    if (address instanceof Address.Tcp && tls.isPresent()) {
      builder.sslContext(tls.get().client());
      tls.get().serverName().ifPresent(builder::overrideAuthority);
    } else {
      builder.usePlaintext();
    }
    return builder
        .eventLoopGroup(all)
        .initialFlowControlWindow(WINDOW)
        .maxInboundMessageSize(MAX_MESSAGE)
        .maxInboundMetadataSize(MAX_HEADERS)
        .disableRetry();
  }

  /**
   * A server on an address; a unix socket's path must not exist yet.
   *
   * @param tls for TCP only
   * @throws IOException when the files of {@code tls} cannot be read
   */
  public NettyServerBuilder server(Address address, Optional<Tls> tls) throws IOException {
    NettyServerBuilder builder =
        switch (address) {
          case Address.Unix(var path) ->
              NettyServerBuilder.forAddress(new DomainSocketAddress(path.toString()))
                  .channelType(EpollServerDomainSocketChannel.class);
          case Address.Tcp(var host, var port) ->
              NettyServerBuilder.forAddress(new InetSocketAddress(host, port))
                  .channelType(EpollServerSocketChannel.class);
        };
    if (address instanceof Address.Tcp && tls.isPresent()) {
      builder.sslContext(tls.get().server());
    }
    return builder
        .addStreamTracerFactory(new OwnLoop(all))
        .bossEventLoopGroup(all)
        .workerEventLoopGroup(all)
        .initialFlowControlWindow(WINDOW)
        .maxInboundMessageSize(MAX_MESSAGE)
        .maxInboundMetadataSize(MAX_HEADERS)
        // A client with more calls than that waits for one to end before it makes another.
        .maxConcurrentCallsPerConnection(MAX_CALLS)
        // Clients written in Go may ping as often as every 10 s, also between calls.
        .permitKeepAliveTime(5, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true);
  }

  /** Ends the threads; waits at most some seconds for connections under way. */
  @Override
  public void close() {
    all.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
  }
}
