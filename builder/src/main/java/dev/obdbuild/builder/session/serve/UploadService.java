package dev.obdbuild.builder.session.serve;

import dev.obdbuild.builder.session.HeaderText;
import dev.obdbuild.builder.session.tunnel.ByteStreams;
import dev.obdbuild.protos.upload.BytesMessage;
import dev.obdbuild.protos.upload.UploadGrpc;
import io.grpc.stub.StreamObserver;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Sends streams, each once: what comes from standard input cannot be read again. */
final class UploadService extends UploadGrpc.UploadImplBase {
  private final Map<String, InputStream> streams;

  /**
   * @param streams by their path, with a slash before it; closed when they were sent
   */
  UploadService(Map<String, InputStream> streams) {
    this.streams = new ConcurrentHashMap<>(streams);
  }

  @Override
  public StreamObserver<BytesMessage> pull(StreamObserver<BytesMessage> out) {
    List<String> paths = HeaderText.all(CallHeaders.current(), "urlpath");
    String path = paths.isEmpty() ? "" : paths.getFirst();
    return Serving.conversation(
        "upload of " + path,
        4,
        out,
        call -> {
          InputStream stream = streams.remove(path);
          if (stream == null) {
            throw new NoSuchFileException("upload " + path);
          }
          OutputStream sent =
              ByteStreams.output(call, bytes -> BytesMessage.newBuilder().setData(bytes).build());
          try (stream) {
            stream.transferTo(sent);
          }
        });
  }
}
