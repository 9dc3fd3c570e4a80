package dev.obdbuild.builder.session;

import com.google.protobuf.ByteString;
import dev.obdbuild.builder.session.tunnel.ByteStreams;
import dev.obdbuild.builder.session.tunnel.CallException;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.content.FirstBytes;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.content.ContentGrpc;
import dev.obdbuild.protos.content.InfoRequest;
import dev.obdbuild.protos.content.ReadContentRequest;
import dev.obdbuild.protos.content.ReadContentResponse;
import dev.obdbuild.protos.content.WriteAction;
import dev.obdbuild.protos.content.WriteContentRequest;
import dev.obdbuild.protos.content.WriteContentResponse;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** A store of blobs that a client offers. */
final class ClientContents implements ContentStore {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int CHUNK = 1 << 20;
  private static final int WINDOW = 8;

  private final TunnelSession session;
  private final String store;
  private final Metadata headers = new Metadata();

  ClientContents(TunnelSession session, String store) {
    this.session = session;
    this.store = store;
    HeaderText.put(headers, "buildkit-attachable-store-id", List.of(store));
  }

  private String what(Digest digest) {
    return "blob " + digest + " of the client's store " + store;
  }

  @Override
  public OptionalLong size(Digest digest) throws IOException {
    try {
      return OptionalLong.of(
          ContentGrpc.newBlockingStub(session.channel())
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
              .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
              .info(InfoRequest.newBuilder().setDigest(digest.toString()).build())
              .getInfo()
              .getSize());
    } catch (StatusRuntimeException e) {
      CallException failure = CallException.of(what(digest), e);
      if (failure.code() == Status.Code.NOT_FOUND) {
        return OptionalLong.empty();
      }
      throw failure;
    }
  }

  @Override
  public InputStream read(Digest digest, long offset, long length) throws IOException {
    OptionalLong size = size(digest);
    if (size.isEmpty()) {
      throw new NoSuchFileException(what(digest));
    }
    long wanted = Math.min(length, size.getAsLong() - offset);
    if (wanted <= 0) {
      return InputStream.nullInputStream();
    }
    Duplex<ReadContentRequest, ReadContentResponse> call = new Duplex<>(what(digest), WINDOW);
    ContentGrpc.newStub(session.channel())
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .read(
            ReadContentRequest.newBuilder()
                .setDigest(digest.toString())
                .setOffset(offset)
                .setSize(wanted)
                .build(),
            call);
    return FirstBytes.exactly(
        ByteStreams.input(call, ReadContentResponse::getData, PATIENCE), wanted, what(digest));
  }

  @Override
  public void write(Descriptor blob, InputStream bytes) throws IOException {
    Duplex<WriteContentRequest, WriteContentResponse> call =
        new Duplex<>(what(blob.digest()), WINDOW);
    ContentGrpc.newStub(session.channel())
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .write(call);
    try {
      new ContentWrite(call, blob, what(blob.digest())).run(bytes);
    } catch (CallException e) {
      if (e.code() != Status.Code.ALREADY_EXISTS) {
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      call.abort(Status.CANCELLED.withDescription(String.valueOf(e.getMessage())));
      throw e;
    }
  }

  /** One blob on its way. Every message has one answer. */
  private record ContentWrite(
      Duplex<WriteContentRequest, WriteContentResponse> call, Descriptor blob, String what) {

    void run(InputStream bytes) throws IOException {
      call.send(message(WriteAction.STAT).setRef("obd-build-" + blob.digest().hex()).build());
      long offset = answer().getOffset();
      if (offset < 0 || offset > blob.size()) {
        throw new IOException(
            what + ": the client has " + offset + " of " + blob.size() + " bytes");
      }
      bytes.skipNBytes(offset);
      byte[] chunk = new byte[CHUNK];
      int unanswered = 0;
      while (offset < blob.size()) {
        int n = bytes.readNBytes(chunk, 0, (int) Math.min(CHUNK, blob.size() - offset));
        if (n == 0) {
          throw new java.io.EOFException(
              what + " ends after " + offset + " of " + blob.size() + " bytes");
        }
        call.send(
            WriteContentRequest.newBuilder()
                .setAction(WriteAction.WRITE)
                .setOffset(offset)
                .setData(ByteString.copyFrom(chunk, 0, n))
                .build());
        offset += n;
        if (++unanswered == WINDOW / 2) {
          answer();
          unanswered--;
        }
      }
      for (; unanswered > 0; unanswered--) {
        answer();
      }
      call.send(message(WriteAction.COMMIT).setOffset(offset).build());
      String stored = answer().getDigest();
      if (!stored.isEmpty() && !stored.equals(blob.digest().toString())) {
        throw new IOException(what + ": the client stored " + stored);
      }
      call.finish();
    }

    private WriteContentRequest.Builder message(WriteAction action) {
      return WriteContentRequest.newBuilder()
          .setAction(action)
          .setTotal(blob.size())
          .setExpected(blob.digest().toString());
    }

    private WriteContentResponse answer() throws IOException {
      WriteContentResponse answer = call.receive(PATIENCE);
      if (answer == null) {
        throw new IOException(what + ": the client ended the call too early");
      }
      return answer;
    }
  }
}
