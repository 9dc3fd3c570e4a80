package dev.obdbuild.builder.session.serve;

import com.google.protobuf.ByteString;
import dev.obdbuild.builder.session.HeaderText;
import dev.obdbuild.builder.session.tunnel.ByteStringInput;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.content.ContentGrpc;
import dev.obdbuild.protos.content.Info;
import dev.obdbuild.protos.content.InfoRequest;
import dev.obdbuild.protos.content.InfoResponse;
import dev.obdbuild.protos.content.ReadContentRequest;
import dev.obdbuild.protos.content.ReadContentResponse;
import dev.obdbuild.protos.content.WriteAction;
import dev.obdbuild.protos.content.WriteContentRequest;
import dev.obdbuild.protos.content.WriteContentResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stores of blobs of this machine, by the names that a build knows them by. */
final class ContentService extends ContentGrpc.ContentImplBase {
  private static final int CHUNK = 1 << 20;
  private static final int WINDOW = 8;

  private final Map<String, ContentStore> stores;

  ContentService(Map<String, ContentStore> stores) {
    this.stores = Map.copyOf(stores);
  }

  private static List<String> names() {
    return HeaderText.all(CallHeaders.current(), "buildkit-attachable-store-id");
  }

  private ContentStore store(List<String> names) {
    ContentStore store = names.isEmpty() ? null : stores.get(names.getFirst());
    if (store == null) {
      throw Status.NOT_FOUND.withDescription("no store " + names).asRuntimeException();
    }
    return store;
  }

  @Override
  public void info(InfoRequest request, StreamObserver<InfoResponse> out) {
    Serving.answer(
        out,
        () -> {
          Digest digest = Digest.parse(request.getDigest());
          long size =
              store(names())
                  .size(digest)
                  .orElseThrow(() -> new NoSuchFileException("content " + digest));
          return InfoResponse.newBuilder()
              .setInfo(Info.newBuilder().setDigest(digest.toString()).setSize(size))
              .build();
        });
  }

  @Override
  public void read(ReadContentRequest request, StreamObserver<ReadContentResponse> out) {
    ContentStore store;
    Digest digest;
    try {
      store = store(names());
      digest = Digest.parse(request.getDigest());
    } catch (RuntimeException e) {
      out.onError(Serving.status(e).asRuntimeException());
      return;
    }
    // Its one request has come already; what is to be heard of the caller is that it hung up.
    Duplex<ReadContentResponse, ReadContentRequest> call =
        Duplex.serving("blob " + digest, 1, (ServerCallStreamObserver<ReadContentResponse>) out);
    Thread.ofVirtual()
        .name("session-call")
        .start(
            () -> {
              try {
                send(store, digest, request, call);
                call.finish();
              } catch (IOException | RuntimeException e) {
                call.abort(Serving.status(e));
              }
            });
  }

  private static void send(
      ContentStore store,
      Digest digest,
      ReadContentRequest request,
      Duplex<ReadContentResponse, ReadContentRequest> call)
      throws IOException {
    long at = request.getOffset();
    long length = request.getSize() > 0 ? request.getSize() : Long.MAX_VALUE;
    if (at < 0) {
      throw new IllegalArgumentException("blob " + digest + " at " + at);
    }
    try (InputStream bytes = store.read(digest, at, length)) {
      byte[] chunk = new byte[CHUNK];
      for (int n = bytes.readNBytes(chunk, 0, CHUNK);
          n > 0;
          n = bytes.readNBytes(chunk, 0, CHUNK)) {
        call.send(
            ReadContentResponse.newBuilder()
                .setOffset(at)
                .setData(ByteString.copyFrom(chunk, 0, n))
                .build());
        at += n;
      }
    }
  }

  @Override
  public StreamObserver<WriteContentRequest> write(StreamObserver<WriteContentResponse> out) {
    List<String> names = names();
    return Serving.conversation(
        "blob from the daemon", WINDOW, out, call -> new BlobWrite(call, store(names)).run());
  }

  /** A blob that comes: the store pulls its bytes out of the conversation. */
  private static final class BlobWrite extends ByteStringInput {
    private final Duplex<WriteContentResponse, WriteContentRequest> call;
    private final ContentStore store;
    private long offset;
    private @Nullable WriteContentRequest commit;

    BlobWrite(Duplex<WriteContentResponse, WriteContentRequest> call, ContentStore store) {
      this.call = call;
      this.store = store;
    }

    void run() throws IOException {
      WriteContentRequest first = call.receive(Duplex.FOREVER);
      if (first == null) {
        throw new IllegalArgumentException("a write of nothing");
      }
      Digest expected = Digest.parse(first.getExpected());
      if (store.size(expected).isPresent()) {
        throw Status.ALREADY_EXISTS
            .withDescription("content " + expected + ": already exists")
            .asRuntimeException();
      }
      if (first.getAction() != WriteAction.STAT || first.getTotal() < 0) {
        throw new IllegalArgumentException("a write begins with its status and its size");
      }
      answer(WriteAction.STAT, "");
      store.write(new Descriptor("application/octet-stream", expected, first.getTotal()), this);
      if (commit == null && read() >= 0) {
        throw new IllegalArgumentException(
            "more than the " + first.getTotal() + " bytes announced");
      }
      answer(WriteAction.COMMIT, expected.toString());
    }

    private void answer(WriteAction action, String digest) throws IOException {
      call.sendNow(
          WriteContentResponse.newBuilder()
              .setAction(action)
              .setOffset(offset)
              .setDigest(digest)
              .build());
    }

    @Override
    protected @Nullable ByteString next() throws IOException {
      while (commit == null) {
        WriteContentRequest request = call.receive(Duplex.FOREVER);
        if (request == null) {
          throw new EOFException("the write ended before it was committed");
        }
        switch (request.getAction()) {
          case STAT -> answer(WriteAction.STAT, "");
          case WRITE -> {
            if (request.getOffset() != offset) {
              throw Status.OUT_OF_RANGE
                  .withDescription("write at " + request.getOffset() + ", expected " + offset)
                  .asRuntimeException();
            }
            offset += request.getData().size();
            answer(WriteAction.WRITE, "");
            return request.getData();
          }
          case COMMIT -> commit = request;
          case UNRECOGNIZED ->
              throw new IllegalArgumentException("write action " + request.getActionValue());
        }
      }
      return null;
    }
  }
}
