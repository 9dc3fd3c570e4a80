package dev.obdbuild.builder.session;

import dev.obdbuild.builder.session.tunnel.ByteStreams;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.protos.upload.BytesMessage;
import dev.obdbuild.protos.upload.UploadGrpc;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.InputStream;

/** What a client sends from its standard input. */
final class ClientUpload {
  private static final String METHOD = "/moby.upload.v1.Upload/Pull";
  private static final int WINDOW = 64;

  private ClientUpload() {}

  static InputStream open(TunnelSession session, String path) throws IOException {
    if (!session.offers(METHOD)) {
      throw new IOException("the client does not upload " + path);
    }
    String name = path.startsWith("/") ? path : "/" + path;
    Metadata headers = new Metadata();
    HeaderText.put(headers, "urlpath", java.util.List.of(name));
    HeaderText.put(headers, "urlhost", java.util.List.of("buildkit-session"));
    Duplex<BytesMessage, BytesMessage> call = new Duplex<>("upload of " + name, WINDOW);
    UploadGrpc.newStub(session.channel())
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .pull(call);
    return ByteStreams.input(call, BytesMessage::getData, Duplex.FOREVER);
  }
}
