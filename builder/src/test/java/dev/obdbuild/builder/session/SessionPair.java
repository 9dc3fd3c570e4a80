package dev.obdbuild.builder.session;

import dev.obdbuild.builder.session.serve.SessionServer;
import dev.obdbuild.builder.session.sync.SyncedFolders;
import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.protos.control.BytesMessage;
import dev.obdbuild.protos.control.ControlGrpc;
import dev.obdbuild.snapshots.mount.MountThreads;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Both ends of sessions over a real unix socket: a daemon that serves nothing but sessions. */
final class SessionPair implements AutoCloseable {
  final EventLoops loops = new EventLoops(1);
  final MountThreads mountThreads = new MountThreads(2);
  final SyncedFolders folders;
  final Sessions sessions;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Server server;
  final ManagedChannel channel;

  SessionPair(Path folder) throws IOException {
    this(folder, 8);
  }

  SessionPair(Path folder, int most) throws IOException {
    folders = SyncedFolders.open(folder.resolve("local"));
    sessions = new Sessions(loops, folders, mountThreads, most);
    Address.Unix address = new Address.Unix(folder.resolve("daemon.sock"));
    server =
        loops
            .server(address, Optional.empty())
            .executor(threads)
            .callExecutor(new SessionsInPlace())
            .addService(ServerInterceptors.intercept(new Control(), SessionHeaders.interceptor()))
            .build()
            .start();
    channel = loops.channel(address, Optional.empty()).build();
  }

  private final class Control extends ControlGrpc.ControlImplBase {
    @Override
    public StreamObserver<BytesMessage> session(StreamObserver<BytesMessage> out) {
      return sessions.accept(
          SessionHeaders.current(), (ServerCallStreamObserver<BytesMessage>) out);
    }
  }

  SessionServer connect(SessionServer.Lent lent) throws IOException {
    return new SessionServer(loops, channel, "", lent);
  }

  ClientSession session(SessionServer client) throws IOException {
    return sessions.await(client.id(), Sessions.PATIENCE);
  }

  @Override
  public void close() throws IOException {
    sessions.close();
    loops.tunnel().submit(() -> {}).awaitUninterruptibly(); // the sessions' last words are out
    channel.shutdownNow();
    server.shutdownNow();
    folders.close();
    threads.shutdownNow();
    mountThreads.close();
    loops.close();
  }
}
