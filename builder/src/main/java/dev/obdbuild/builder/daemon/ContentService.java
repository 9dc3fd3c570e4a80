package dev.obdbuild.builder.daemon;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.obdbuild.builder.call.Calls;
import dev.obdbuild.builder.call.Outgoing;
import dev.obdbuild.builder.history.HistoryBlob;
import dev.obdbuild.builder.history.HistoryBlobs;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.content.ContentGrpc;
import dev.obdbuild.protos.content.Info;
import dev.obdbuild.protos.content.InfoRequest;
import dev.obdbuild.protos.content.InfoResponse;
import dev.obdbuild.protos.content.ReadContentRequest;
import dev.obdbuild.protos.content.ReadContentResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;

/**
 * containerd's content service, the side that reads: clients fetch logs, attestations and errors of
 * past builds by the digests that the history names.
 */
final class ContentService extends ContentGrpc.ContentImplBase {

  private static final int CHUNK = 1 << 20;

  private final HistoryBlobs blobs;

  ContentService(HistoryBlobs blobs) {
    this.blobs = blobs;
  }

  @Override
  public void info(InfoRequest request, StreamObserver<InfoResponse> out) {
    Calls.unary(
        out,
        cancellation -> {
          HistoryBlob blob = find(request.getDigest());
          Timestamp created =
              Timestamp.newBuilder()
                  .setSeconds(blob.created().getEpochSecond())
                  .setNanos(blob.created().getNano())
                  .build();
          return InfoResponse.newBuilder()
              .setInfo(
                  Info.newBuilder()
                      .setDigest(blob.digest().toString())
                      .setSize(blob.size())
                      .setCreatedAt(created)
                      .setUpdatedAt(created))
              .build();
        });
  }

  private HistoryBlob find(String digest) throws IOException {
    return blobs
        .find(Digest.parse(digest))
        .orElseThrow(() -> new NoSuchFileException("content " + digest + ": not found"));
  }

  @Override
  public void read(ReadContentRequest request, StreamObserver<ReadContentResponse> out) {
    Calls.stream(out, answers -> read(request, answers));
  }

  private void read(ReadContentRequest request, Outgoing<ReadContentResponse> answers)
      throws IOException {
    HistoryBlob blob = find(request.getDigest());
    long offset = request.getOffset();
    if (offset < 0 || offset > blob.size() || request.getSize() < 0) {
      throw new IllegalArgumentException(
          "range "
              + offset
              + "+"
              + request.getSize()
              + " of content "
              + blob.digest()
              + ", which has "
              + blob.size()
              + " bytes");
    }
    long length =
        request.getSize() == 0
            ? blob.size() - offset
            : Math.min(request.getSize(), blob.size() - offset);
    try (InputStream in = blobs.read(blob.digest(), offset, length)) {
      for (byte[] chunk = in.readNBytes(CHUNK); chunk.length > 0; chunk = in.readNBytes(CHUNK)) {
        answers.send(
            ReadContentResponse.newBuilder()
                .setOffset(offset)
                .setData(ByteString.copyFrom(chunk))
                .build());
        offset += chunk.length;
      }
    }
  }
}
