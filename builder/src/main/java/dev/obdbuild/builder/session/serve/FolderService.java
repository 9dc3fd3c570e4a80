package dev.obdbuild.builder.session.serve;

import dev.obdbuild.builder.session.HeaderText;
import dev.obdbuild.builder.session.sync.KnownState;
import dev.obdbuild.builder.session.sync.Sender;
import dev.obdbuild.builder.session.sync.SentBytes;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.protos.filesync.FileSyncGrpc;
import dev.obdbuild.protos.fsutil.Packet;
import dev.obdbuild.snapshots.mount.MountThreads;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.LocalFilter;
import dev.obdbuild.worker.source.local.LocalFiles;
import dev.obdbuild.worker.source.local.LocalRequest;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Sends folders of this machine. */
final class FolderService extends FileSyncGrpc.FileSyncImplBase {
  private static final int MOST_REQUESTS = 2_000_000;

  private final LocalFiles folders;
  private final MountThreads threads;

  /**
   * @param threads read the folders
   */
  FolderService(LocalFiles folders, MountThreads threads) {
    this.folders = folders;
    this.threads = threads;
  }

  @Override
  public StreamObserver<Packet> diffCopy(StreamObserver<Packet> out) {
    Metadata headers = CallHeaders.current();
    List<String> names = HeaderText.all(headers, "dir-name");
    String name = names.isEmpty() ? "" : names.getFirst();
    LocalFilter filter =
        new LocalFilter(
            HeaderText.all(headers, "followpaths"),
            HeaderText.all(headers, "include-patterns"),
            HeaderText.all(headers, "exclude-patterns"));
    return Serving.conversation(
        "transfer of folder " + name,
        MOST_REQUESTS,
        out,
        call -> send(LocalRequest.of(name, filter), KnownState.asked(headers), call));
  }

  private void send(LocalRequest request, Optional<String> known, Duplex<Packet, Packet> call)
      throws IOException {
    FileTree tree;
    try {
      tree = threads.call(() -> folders.open(request));
    } catch (IOException e) {
      throw Status.NOT_FOUND
          .withDescription("no access allowed to dir \"" + request.name() + "\": " + e.getMessage())
          .withCause(e)
          .asRuntimeException();
    }
    try (tree) {
      new Sender(tree, threads, call, SentBytes.UNCOUNTED, known).run();
    }
  }
}
