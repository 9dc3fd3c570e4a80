package dev.obdbuild.builder.wire;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Sockets and connections inside the process on one thread. It waits for sockets; connections
 * inside need no waiting, they only queue work for the thread, which wakes it.
 */
final class SocketsAndTunnels implements IoHandler {
  private final IoHandler sockets;
  private final IoHandler tunnels;

  SocketsAndTunnels(ThreadAwareExecutor thread) {
    this.sockets = EpollIoHandler.newFactory().newHandler(thread);
    this.tunnels = LocalIoHandler.newFactory().newHandler(thread);
  }

  @Override
  public void initialize() {
    sockets.initialize();
    tunnels.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    return sockets.run(context);
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return (sockets.isCompatible(handle.getClass()) ? sockets : tunnels).register(handle);
  }

  @Override
  public void wakeup() {
    sockets.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> type) {
    return sockets.isCompatible(type) || tunnels.isCompatible(type);
  }

  @Override
  public void prepareToDestroy() {
    tunnels.prepareToDestroy();
    sockets.prepareToDestroy();
  }

  @Override
  public void destroy() {
    tunnels.destroy();
    sockets.destroy();
  }
}
