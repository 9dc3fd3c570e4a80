package dev.obdbuild.builder.gateway;

import com.google.protobuf.ByteString;
import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.builder.wire.LocalServer;
import io.grpc.BindableService;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Services that are served through a process's standard input and output. Closing it cuts the calls
 * under way.
 */
final class FrontendConnection implements AutoCloseable {

  private final LocalServer server;
  private final Channel channel;
  private final TypedInput toProcess;

  /**
   * Serves; the process need not run yet.
   *
   * @param executor carries out the calls
   */
  FrontendConnection(EventLoops loops, Executor executor, List<BindableService> services)
      throws IOException {
    this.server =
        new LocalServer(
            loops, executor, services.stream().map(BindableService::bindService).toList());
    FromServer fromServer = new FromServer();
    this.toProcess = fromServer.bytes;
    this.channel = server.connect(fromServer, true).syncUninterruptibly().channel();
    fromServer.bytes.whenDrained(
        () -> channel.eventLoop().execute(() -> channel.config().setAutoRead(true)));
  }

  /** What the server says, read no faster than the process takes it. */
  private static final class FromServer extends ChannelInboundHandlerAdapter {
    private final TypedInput bytes = new TypedInput();

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf buffer = (ByteBuf) message;
      try {
        byte[] chunk = new byte[buffer.readableBytes()];
        buffer.readBytes(chunk);
        if (!bytes.addNow(ByteString.copyFrom(chunk))) {
          context.channel().config().setAutoRead(false);
        }
      } finally {
        buffer.release();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      bytes.end();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // Whatever broke one direction breaks the connection; calls inside fail and say so.
      context.close();
    }
  }

  /** What the process is to read. */
  InputStream stdin() {
    return toProcess;
  }

  /** Where the process is to write; used by threads that may block. */
  OutputStream stdout() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        var written =
            channel
                .writeAndFlush(Unpooled.copiedBuffer(from, offset, length))
                .awaitUninterruptibly();
        if (!written.isSuccess()) {
          throw new IOException("the frontend's connection is closed", written.cause());
        }
      }

      @Override
      public void close() {
        channel.close();
      }
    };
  }

  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
    toProcess.end();
    server.close();
  }
}
