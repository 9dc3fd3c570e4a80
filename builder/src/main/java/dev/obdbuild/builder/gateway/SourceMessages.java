package dev.obdbuild.builder.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.obdbuild.builder.build.SourceMetadata;
import dev.obdbuild.builder.build.SourceMetadata.ImageWish;
import dev.obdbuild.llb.Platforms;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.protos.gateway.ResolveImageConfigRequest;
import dev.obdbuild.protos.gateway.ResolveImageConfigResponse;
import dev.obdbuild.protos.gateway.ResolveSourceGitResponse;
import dev.obdbuild.protos.gateway.ResolveSourceHTTPResponse;
import dev.obdbuild.protos.gateway.ResolveSourceImageResponse;
import dev.obdbuild.protos.gateway.ResolveSourceMetaRequest;
import dev.obdbuild.protos.gateway.ResolveSourceMetaResponse;
import dev.obdbuild.worker.image.ResolveMode;
import dev.obdbuild.worker.source.git.GitCommit;
import dev.obdbuild.worker.source.http.HttpFile;
import java.io.IOException;
import java.util.Optional;

/** Questions about sources, and their answers, as messages. */
final class SourceMessages {

  /** The kind of {@code ResolveImageConfig} that asks an OCI layout. */
  private static final int IN_LAYOUT = 1;

  private SourceMessages() {}

  static ResolveImageConfigResponse imageConfig(
      SourceMetadata sources, ResolveImageConfigRequest request) throws IOException {
    Policies.refuse(request.getSourcePoliciesList());
    ImageWish wish =
        new ImageWish(
            request.hasPlatform() ? platform(request.getPlatform()) : Optional.empty(),
            ResolveMode.parse(request.getResolveMode()),
            true,
            request.getLogName());
    SourceMetadata.Image image =
        request.getResolverType() == IN_LAYOUT
            ? sources.layout(layout(request), wish)
            : sources.image(request.getRef(), wish);
    return ResolveImageConfigResponse.newBuilder()
        .setDigest(image.digest().toString())
        .setConfig(ByteString.copyFrom(image.config()))
        .setRef(image.reference())
        .build();
  }

  private static SourceOp layout(ResolveImageConfigRequest request) {
    return SourceMetadata.layout(
        Reference.parseName(request.getRef()), request.getSessionID(), request.getStoreID());
  }

  static ResolveSourceMetaResponse resolve(SourceMetadata sources, ResolveSourceMetaRequest request)
      throws IOException {
    refuse(request);
    SourceOp source =
        SourceOp.of(request.getSource().getIdentifier(), request.getSource().getAttrsMap());
    ResolveSourceMetaResponse.Builder response =
        ResolveSourceMetaResponse.newBuilder().setSource(request.getSource());
    switch (source.scheme()) {
      case "docker-image" ->
          response.setImage(image(sources.image(source.location(), wish(request))));
      case "oci-layout" -> response.setImage(image(sources.layout(source, wish(request))));
      case "git" -> response.setGit(git(sources.git(source, request.getLogName())));
      case "http", "https" -> response.setHTTP(http(sources.http(source, request.getLogName())));
      default -> {
        // There is nothing to know of others before they are used.
      }
    }
    return response.build();
  }

  private static void refuse(ResolveSourceMetaRequest request) {
    if (!request.hasSource()) {
      throw new IllegalArgumentException("source is required");
    }
    Policies.refuse(request.getSourcePoliciesList());
    if (request.getImage().getAttestationChain()
        || request.getImage().getResolveAttestationsCount() > 0) {
      throw unsupported("attestations of images");
    }
    if (request.getGit().getReturnObject()) {
      throw unsupported("the objects of git commits");
    }
    if (request.getHTTP().hasChecksumRequest()) {
      throw unsupported("checksums with a suffix");
    }
  }

  private static IllegalArgumentException unsupported(String what) {
    return new IllegalArgumentException(
        "source metadata: " + what + " are not supported by this builder");
  }

  private static ImageWish wish(ResolveSourceMetaRequest request) {
    return new ImageWish(
        request.hasPlatform() ? platform(request.getPlatform()) : Optional.empty(),
        ResolveMode.parse(request.getResolveMode()),
        !request.getImage().getNoConfig(),
        request.getLogName());
  }

  private static ResolveSourceImageResponse image(SourceMetadata.Image image) {
    return ResolveSourceImageResponse.newBuilder()
        .setDigest(image.digest().toString())
        .setConfig(ByteString.copyFrom(image.config()))
        .build();
  }

  private static ResolveSourceGitResponse git(GitCommit commit) {
    return ResolveSourceGitResponse.newBuilder()
        .setChecksum(commit.object())
        .setRef(commit.ref())
        .setCommitChecksum(commit.tagged())
        .build();
  }

  private static ResolveSourceHTTPResponse http(HttpFile file) {
    ResolveSourceHTTPResponse.Builder response =
        ResolveSourceHTTPResponse.newBuilder()
            .setChecksum(file.digest().toString())
            .setFilename(file.name());
    file.lastModified()
        .ifPresent(
            time ->
                response.setLastModified(Timestamp.newBuilder().setSeconds(time.getEpochSecond())));
    return response.build();
  }

  private static Optional<Platform> platform(dev.obdbuild.protos.pb.Platform message) {
    return message.getOS().isEmpty() && message.getArchitecture().isEmpty()
        ? Optional.empty()
        : Optional.of(Platforms.fromProto(message));
  }
}
