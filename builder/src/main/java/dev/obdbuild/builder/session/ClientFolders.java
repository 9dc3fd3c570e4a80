package dev.obdbuild.builder.session;

import dev.obdbuild.builder.session.sync.KnownState;
import dev.obdbuild.builder.session.sync.SyncedFolders;
import dev.obdbuild.builder.session.sync.TransferWish;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.pattern.PathPatterns;
import dev.obdbuild.protos.filesync.FileSyncGrpc;
import dev.obdbuild.protos.fsutil.Packet;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.LocalFilter;
import dev.obdbuild.worker.source.local.LocalFiles;
import dev.obdbuild.worker.source.local.LocalRequest;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A client's folders: each is brought up to date in the daemon's copy and opened there. */
final class ClientFolders implements LocalFiles {
  /** Packets that wait to be dealt with: at most two megabytes of contents. */
  private static final int WINDOW = 64;

  private final TunnelSession session;
  private final SyncedFolders folders;

  ClientFolders(TunnelSession session, SyncedFolders folders) {
    this.session = session;
    this.folders = folders;
  }

  @Override
  public FileTree open(LocalRequest request) throws IOException {
    String differ = request.attrs().getOrDefault(SourceAttr.LOCAL_DIFFER, "");
    if (!differ.isEmpty() && !differ.equals("metadata") && !differ.equals("none")) {
      throw new IOException(
          "local source " + request.name() + ": local.differ '" + differ + "' is unknown");
    }
    Optional<PathPatterns> wanted = request.wantedOfListed();
    String key =
        request.nameInSession()
            + ":"
            + request.sharedKeyHint()
            + ":"
            + session.headers().sharedKey()
            + (wanted.isPresent() ? ":metadata" : "");
    TransferWish wish = new TransferWish(!differ.equals("none"), wanted);
    return folders.sync(
        key,
        wish,
        state -> {
          Metadata headers = headers(request);
          if (wish.isPlain()) {
            KnownState.ask(headers, state);
          }
          return begin(request, headers);
        },
        request.transferred());
  }

  private Duplex<Packet, Packet> begin(LocalRequest request, Metadata headers) {
    Duplex<Packet, Packet> call =
        new Duplex<>("transfer of folder " + request.name() + " from the client", WINDOW);
    FileSyncGrpc.newStub(session.channel())
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .diffCopy(call);
    return call;
  }

  private static Metadata headers(LocalRequest request) {
    LocalFilter filter = request.filter();
    Metadata headers = new Metadata();
    HeaderText.put(headers, "dir-name", List.of(request.nameInSession()));
    HeaderText.put(headers, "include-patterns", filter.includePatterns());
    HeaderText.put(headers, "exclude-patterns", filter.excludePatterns());
    HeaderText.put(headers, "followpaths", filter.followPaths());
    return headers;
  }
}
