package dev.obdbuild.builder.session.tunnel;

import com.google.protobuf.ByteString;
import dev.obdbuild.protos.control.BytesMessage;
import io.grpc.stub.CallStreamObserver;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Carries bytes between the inner connection's far end and the outer stream. The inner side is read
 * only while the outer stream is ready, the outer one is asked for more only when the inner has
 * taken what came: so neither end piles up bytes.
 *
 * <p>Sending in the outer stream is not thread-safe; all of it, its end too, happens on the inner
 * connection's loop.
 */
final class Bridge extends ChannelInboundHandlerAdapter {
  private static final int CHUNK = 256 << 10;
  private static final int AHEAD = 4;

  private final CallStreamObserver<BytesMessage> outer;
  private final Runnable ended;
  private final AtomicBoolean finished = new AtomicBoolean();
  private final ByteString.Output gathered = ByteString.newOutput(CHUNK);
  private volatile @Nullable ChannelHandlerContext inner;
  private volatile boolean stopped;

  /**
   * @param outer automatic requests switched off, nothing requested yet
   * @param ended run once, when either side has ended, and before the outer stream is told; from
   *     any thread
   */
  Bridge(CallStreamObserver<BytesMessage> outer, Runnable ended) {
    this.outer = outer;
    this.ended = ended;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    inner = context;
    if (stopped) {
      context.close();
      return;
    }
    outer.request(AHEAD);
    context.channel().config().setAutoRead(outer.isReady());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      while (bytes.isReadable()) {
        int n = Math.min(bytes.readableBytes(), CHUNK - gathered.size());
        byte[] chunk = new byte[n];
        bytes.readBytes(chunk);
        gathered.write(chunk, 0, n);
        if (gathered.size() == CHUNK) {
          flush();
        }
      }
    } finally {
      bytes.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    flush();
    if (!outer.isReady()) {
      context.channel().config().setAutoRead(false);
      // It may have become ready just before; then nobody would say so again.
      if (outer.isReady()) {
        context.channel().config().setAutoRead(true);
      }
    }
  }

  /** Never an empty message: clients written in Go would read the bytes of the last one again. */
  private void flush() {
    if (gathered.size() > 0 && !stopped) {
      outer.onNext(BytesMessage.newBuilder().setData(gathered.toByteString()).build());
    }
    gathered.reset();
  }

  /** The outer stream takes bytes again. */
  void ready() {
    ChannelHandlerContext context = inner;
    if (context != null && context.channel().isActive()) {
      context.executor().execute(() -> context.channel().config().setAutoRead(outer.isReady()));
    }
  }

  /** Bytes have come from the outer stream. */
  void arrived(BytesMessage message) {
    ChannelHandlerContext context = inner;
    if (context == null || stopped) {
      return;
    }
    if (message.getData().isEmpty()) {
      outer.request(1);
      return;
    }
    ByteBuf bytes = Unpooled.wrappedBuffer(message.getData().asReadOnlyByteBuffer());
    // Queued even on the loop itself: what another thread brought before may still be queued.
    context.executor().execute(() -> write(context, bytes));
  }

  private void write(ChannelHandlerContext context, ByteBuf bytes) {
    context
        .writeAndFlush(bytes)
        .addListener(
            (ChannelFutureListener)
                written -> {
                  if (written.isSuccess() && !stopped) {
                    outer.request(1);
                  }
                });
  }

  /** Ends both sides; to be called when the outer stream has ended or failed, or shall end. */
  void stop() {
    stopped = true;
    end(); // before the loop does, so that it has ended when this returns
    ChannelHandlerContext context = inner;
    if (context != null) {
      context.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    stopped = true;
    end();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // Whatever broke one direction breaks the connection; calls inside fail and say so.
    context.close();
  }

  private void end() {
    if (!finished.compareAndSet(false, true)) {
      return;
    }
    ended.run();
    ChannelHandlerContext context = inner;
    // Without an inner connection nothing has been sent nor will be.
    if (context == null || context.executor().inEventLoop()) {
      hangUp();
    } else {
      context.executor().execute(this::hangUp);
    }
  }

  private void hangUp() {
    try {
      outer.onCompleted();
      // Its end comes behind what was not asked for yet.
      outer.request(Integer.MAX_VALUE);
    } catch (IllegalStateException e) {
      // The far end hung up at this very moment; there is nobody left to tell.
      stopped = true;
    }
  }
}
