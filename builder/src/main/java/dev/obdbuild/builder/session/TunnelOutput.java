package dev.obdbuild.builder.session;

import com.google.protobuf.ByteString;
import dev.obdbuild.builder.session.sync.PacketCall;
import dev.obdbuild.builder.session.sync.Sender;
import dev.obdbuild.builder.session.sync.SentBytes;
import dev.obdbuild.builder.session.tunnel.CallException;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.protos.filesync.BytesMessage;
import dev.obdbuild.protos.filesync.FileSendGrpc;
import dev.obdbuild.protos.fsutil.Packet;
import dev.obdbuild.snapshots.mount.MountThreads;
import dev.obdbuild.worker.content.FileTree;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The place at the client where the output of one exporter goes. */
final class TunnelOutput implements ClientOutput {
  private static final String METHOD = "/moby.filesync.v1.FileSend/DiffCopy";
  private static final int CHUNK = 256 << 10;

  /** For a client to write to its disk what it was sent. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final TunnelSession session;
  private final MountThreads threads;
  private final int exporter;

  TunnelOutput(TunnelSession session, MountThreads threads, int exporter) {
    this.session = session;
    this.threads = threads;
    this.exporter = exporter;
  }

  private Metadata headers() throws IOException {
    if (!session.offers(METHOD)) {
      throw new IOException("method " + METHOD + " not supported by the client");
    }
    Metadata headers = new Metadata();
    HeaderText.put(headers, "buildkit-attachable-exporter-id", List.of(Integer.toString(exporter)));
    return headers;
  }

  @Override
  public Upload file(Map<String, String> metadata) throws IOException {
    Metadata headers = headers();
    metadata.forEach((key, value) -> headers.put(headerKey(key), value));
    Duplex<BytesMessage, BytesMessage> call = new Duplex<>("output to the client", 4);
    FileSendGrpc.newStub(session.channel())
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .diffCopy(call);
    return new Sent(call);
  }

  private static Metadata.Key<String> headerKey(String key) {
    return Metadata.Key.of(
        "exporter-md-" + key.toLowerCase(java.util.Locale.ROOT), Metadata.ASCII_STRING_MARSHALLER);
  }

  @Override
  public void folder(FileTree tree, SentBytes sent) throws IOException {
    Metadata headers = headers();
    // Says that this end can send many platforms in one transfer, whether it does or not.
    HeaderText.put(headers, "buildkit-exporter-multi-platform", List.of("1"));
    Duplex<Packet, Packet> call =
        PacketCall.fileSend(session.channel(), headers, "output to the client");
    new Sender(tree, threads, call, sent).run();
  }

  private static final class Sent extends Upload {
    private final Duplex<BytesMessage, BytesMessage> call;
    private final byte[] buffer = new byte[CHUNK];
    private int filled;
    private boolean ended;

    Sent(Duplex<BytesMessage, BytesMessage> call) {
      this.call = call;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      int done = 0;
      while (done < length) {
        if (filled == CHUNK) {
          flush();
        }
        int n = Math.min(CHUNK - filled, length - done);
        System.arraycopy(from, offset + done, buffer, filled, n);
        filled += n;
        done += n;
      }
    }

    @Override
    public void flush() throws IOException {
      if (ended) {
        throw new IOException("the output has ended");
      }
      if (filled > 0) {
        try {
          call.send(
              BytesMessage.newBuilder().setData(ByteString.copyFrom(buffer, 0, filled)).build());
        } catch (CallException e) {
          throw explained(e);
        }
        filled = 0;
      }
    }

    @Override
    public void close() throws IOException {
      if (ended) {
        return;
      }
      flush();
      ended = true;
      call.finish();
      try {
        while (call.receive(PATIENCE) != null) {
          // Clients send nothing here; whatever one sends before the end says nothing to us.
        }
      } catch (CallException e) {
        throw explained(e);
      }
    }

    private static IOException explained(CallException e) {
      if (e.code() != Status.Code.ALREADY_EXISTS) {
        return e;
      }
      FileAlreadyExistsException exists =
          new FileAlreadyExistsException("output at the client", null, e.getMessage());
      exists.initCause(e);
      return exists;
    }

    @Override
    public void abort(String why) {
      if (!ended) {
        ended = true;
        call.abort(Status.CANCELLED.withDescription(why));
      }
    }
  }
}
