package dev.obdbuild.builder.wire;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/** Puts into the context of each call the loop of the socket that it came by. */
final class OwnLoop extends ServerStreamTracer.Factory {
  private static final Context.Key<EventLoop> LOOP = Context.key("event-loop");

  private final EventLoopGroup loops;

  OwnLoop(EventLoopGroup loops) {
    this.loops = loops;
  }

  /** The loop of the call that is being served by this thread; null when it serves none. */
  static @Nullable EventLoop ofCall() {
    return LOOP.get();
  }

  /** Runs on the socket's thread. */
  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    EventLoop current = current();
    return new ServerStreamTracer() {
      @Override
      public Context filterContext(Context context) {
        return current == null ? context : context.withValue(LOOP, current);
      }
    };
  }

  private @Nullable EventLoop current() {
    for (EventExecutor loop : loops) {
      if (loop.inEventLoop()) {
        return (EventLoop) loop;
      }
    }
    return null;
  }
}
