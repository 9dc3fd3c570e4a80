package dev.obdbuild.builder.daemon;

import com.google.protobuf.ByteString;
import dev.obdbuild.builder.build.SourceMetadata;
import dev.obdbuild.llb.Platforms;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.protos.gateway.ResolveImageConfigRequest;
import dev.obdbuild.protos.gateway.ResolveImageConfigResponse;
import dev.obdbuild.protos.gateway.ResolveSourceImageResponse;
import dev.obdbuild.protos.gateway.ResolveSourceMetaRequest;
import dev.obdbuild.protos.gateway.ResolveSourceMetaResponse;
import java.io.IOException;
import java.util.Optional;

/** Questions about sources, and their answers, as messages. */
final class SourceMessages {

  private static final String IMAGE = "docker-image://";

  private SourceMessages() {}

  static ResolveImageConfigResponse imageConfig(
      SourceMetadata sources, ResolveImageConfigRequest request) throws IOException {
    SourceMetadata.Image image =
        sources.image(
            request.getRef(),
            request.hasPlatform() ? platform(request.getPlatform()) : Optional.empty(),
            request.getLogName());
    return ResolveImageConfigResponse.newBuilder()
        .setDigest(image.digest().toString())
        .setConfig(ByteString.copyFrom(image.config()))
        .setRef(image.reference())
        .build();
  }

  static ResolveSourceMetaResponse resolve(SourceMetadata sources, ResolveSourceMetaRequest request)
      throws IOException {
    String identifier = request.getSource().getIdentifier();
    ResolveSourceMetaResponse.Builder response =
        ResolveSourceMetaResponse.newBuilder().setSource(request.getSource());
    if (identifier.startsWith(IMAGE)) {
      SourceMetadata.Image image =
          sources.image(
              identifier.substring(IMAGE.length()),
              request.hasPlatform() ? platform(request.getPlatform()) : Optional.empty(),
              request.getLogName());
      response.setImage(
          ResolveSourceImageResponse.newBuilder()
              .setDigest(image.digest().toString())
              .setConfig(ByteString.copyFrom(image.config())));
    }
    return response.build();
  }

  private static Optional<Platform> platform(dev.obdbuild.protos.pb.Platform message) {
    return message.getOS().isEmpty() && message.getArchitecture().isEmpty()
        ? Optional.empty()
        : Optional.of(Platforms.fromProto(message));
  }
}
