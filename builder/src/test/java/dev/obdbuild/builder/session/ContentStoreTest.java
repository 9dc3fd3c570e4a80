package dev.obdbuild.builder.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.builder.session.serve.SessionServer;
import dev.obdbuild.builder.session.tunnel.ClientTunnel;
import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.content.LayoutFolder;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.content.ContentGrpc;
import dev.obdbuild.protos.content.WriteAction;
import dev.obdbuild.protos.content.WriteContentRequest;
import dev.obdbuild.protos.content.WriteContentResponse;
import dev.obdbuild.protos.control.ControlGrpc;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ContentStoreTest {
  @TempDir Path temp;

  @Test
  void blobsAreWrittenOnceAndReadFromAnyOffset() throws Exception {
    byte[] bytes = new byte[5_000_000];
    new Random(1).nextBytes(bytes);
    Descriptor blob = Descriptor.of("application/octet-stream", bytes);
    LayoutFolder folder = new LayoutFolder(temp.resolve("layout"));
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client = pair.connect(Lending.stores(Map.of("oci:x", folder)))) {
      ContentStore store = pair.session(client).contents("oci:x");
      assertThat(store.size(blob.digest())).isEmpty();
      assertThatThrownBy(() -> store.read(blob.digest(), 0, 10))
          .isInstanceOf(NoSuchFileException.class)
          .hasMessageContaining(blob.digest().toString());
      store.write(blob, new ByteArrayInputStream(bytes));
      assertThat(store.size(blob.digest())).hasValue(bytes.length);
      store.write(blob, unreadable());
      try (InputStream in = store.read(blob.digest(), 1_000_001, 2_000_000)) {
        assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 1_000_001, 3_000_001));
      }
      try (InputStream in = store.read(blob.digest(), 4_999_990, Long.MAX_VALUE)) {
        assertThat(in.readAllBytes()).hasSize(10);
      }
      InputStream left = store.read(blob.digest(), 0, Long.MAX_VALUE);
      assertThat(left.readNBytes(100)).hasSize(100);
      left.close();
    }
  }

  @Test
  void whatIsNotItsDigestIsNotStored() throws Exception {
    Descriptor empty = Descriptor.of("application/octet-stream", new byte[0]);
    Descriptor wrong = new Descriptor("application/octet-stream", Digest.sha256(new byte[1]), 3);
    LayoutFolder folder = new LayoutFolder(temp.resolve("layout"));
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client = pair.connect(Lending.stores(Map.of("export", folder)))) {
      ContentStore store = pair.session(client).contents("export");
      store.write(empty, InputStream.nullInputStream());
      assertThat(store.size(empty.digest())).hasValue(0);
      assertThatThrownBy(() -> store.write(wrong, new ByteArrayInputStream(new byte[3])))
          .isInstanceOf(IOException.class);
      assertThat(store.size(wrong.digest())).isEmpty();
      assertThat(pair.session(client).contents("other").size(empty.digest())).isEmpty();
    }
  }

  /** A store in which an earlier writer left the beginning of a blob. */
  private static final class Begun extends ContentGrpc.ContentImplBase {
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private final List<Long> offsets = new CopyOnWriteArrayList<>();

    @Override
    public StreamObserver<WriteContentRequest> write(StreamObserver<WriteContentResponse> out) {
      return new StreamObserver<>() {
        @Override
        public void onNext(WriteContentRequest request) {
          if (request.getAction() == WriteAction.WRITE) {
            offsets.add(request.getOffset());
            held.writeBytes(request.getData().toByteArray());
          }
          out.onNext(
              WriteContentResponse.newBuilder()
                  .setAction(request.getAction())
                  .setOffset(held.size())
                  .build());
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
          out.onCompleted();
        }
      };
    }
  }

  @Test
  void aWriteGoesOnWhereAnEarlierOneEnded() throws Exception {
    byte[] bytes = new byte[3_000_000];
    new Random(2).nextBytes(bytes);
    Begun begun = new Begun();
    begun.held.write(bytes, 0, 1_234_567);
    Metadata headers = new Metadata();
    headers.put(SessionHeaders.ID, "begun");
    try (SessionPair pair = new SessionPair(temp);
        ClientTunnel tunnel =
            new ClientTunnel(
                pair.loops,
                List.of(begun.bindService()),
                out ->
                    ControlGrpc.newStub(pair.channel)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                        .session(out))) {
      ContentStore store = pair.sessions.await("begun", Sessions.PATIENCE).contents("export");

      store.write(
          Descriptor.of("application/octet-stream", bytes), new ByteArrayInputStream(bytes));

      assertThat(begun.held.toByteArray()).isEqualTo(bytes);
      assertThat(begun.offsets).startsWith(1_234_567L).isSorted();
      assertThat(tunnel.ended()).isNotDone();
    }
  }

  private static InputStream unreadable() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        throw new IOException("read although the blob is there");
      }
    };
  }
}
