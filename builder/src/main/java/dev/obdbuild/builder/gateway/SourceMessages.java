package dev.obdbuild.builder.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.obdbuild.builder.build.Asker;
import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.ImageAttestations;
import dev.obdbuild.builder.build.SourceFacts;
import dev.obdbuild.builder.build.SourceMetadata;
import dev.obdbuild.builder.build.SourceMetadata.ImageWish;
import dev.obdbuild.builder.build.SourceWish;
import dev.obdbuild.builder.policy.SourceRules;
import dev.obdbuild.llb.Platforms;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.protos.gateway.AttestationChain;
import dev.obdbuild.protos.gateway.Blob;
import dev.obdbuild.protos.gateway.ChecksumRequest;
import dev.obdbuild.protos.gateway.ChecksumResponse;
import dev.obdbuild.protos.gateway.Descriptor;
import dev.obdbuild.protos.gateway.ResolveImageConfigRequest;
import dev.obdbuild.protos.gateway.ResolveImageConfigResponse;
import dev.obdbuild.protos.gateway.ResolveSourceGitResponse;
import dev.obdbuild.protos.gateway.ResolveSourceHTTPResponse;
import dev.obdbuild.protos.gateway.ResolveSourceImageResponse;
import dev.obdbuild.protos.gateway.ResolveSourceMetaRequest;
import dev.obdbuild.protos.gateway.ResolveSourceMetaResponse;
import dev.obdbuild.worker.image.ResolveMode;
import dev.obdbuild.worker.source.git.GitCommit;
import dev.obdbuild.worker.source.http.SuffixedHash;
import java.io.IOException;
import java.util.Optional;

/** Questions about sources, and their answers, as messages. */
public final class SourceMessages {

  /** The kind of {@code ResolveImageConfig} that asks an OCI layout. */
  private static final int IN_LAYOUT = 1;

  private SourceMessages() {}

  /**
   * An image's config.
   *
   * @param asker whose policy counts beside the request's own
   */
  static ResolveImageConfigResponse imageConfig(
      Build build, Asker asker, ResolveImageConfigRequest request) throws IOException {
    SourceMetadata sources =
        new SourceMetadata(build, asker.and(SourceRules.of(request.getSourcePoliciesList())));
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

  /**
   * What is known of a source.
   *
   * @param asker whose policy counts beside the request's own
   * @throws IOException when it may not be used, or nothing can be found out
   */
  public static ResolveSourceMetaResponse resolve(
      Build build, Asker asker, ResolveSourceMetaRequest request) throws IOException {
    if (!request.hasSource()) {
      throw new IllegalArgumentException("source is required");
    }
    SourceMetadata sources =
        new SourceMetadata(build, asker.and(SourceRules.of(request.getSourcePoliciesList())));
    SourceOp source =
        SourceOp.of(request.getSource().getIdentifier(), request.getSource().getAttrsMap());
    SourceFacts facts = sources.facts(source, wish(request));
    ResolveSourceMetaResponse.Builder response =
        ResolveSourceMetaResponse.newBuilder().setSource(message(facts.source()));
    switch (facts) {
      case SourceFacts.OfImage image -> response.setImage(image(image));
      case SourceFacts.OfGit git -> response.setGit(git(git));
      case SourceFacts.OfFile file -> response.setHTTP(http(file, request));
      case SourceFacts.Nothing _ -> {}
    }
    return response.build();
  }

  private static dev.obdbuild.protos.pb.SourceOp message(SourceOp source) {
    return dev.obdbuild.protos.pb.SourceOp.newBuilder()
        .setIdentifier(source.identifier())
        .putAllAttrs(source.attrs())
        .build();
  }

  private static SourceWish wish(ResolveSourceMetaRequest request) {
    return new SourceWish(
        new ImageWish(
            request.hasPlatform() ? platform(request.getPlatform()) : Optional.empty(),
            ResolveMode.parse(request.getResolveMode()),
            !request.getImage().getNoConfig(),
            request.getLogName()),
        request.getImage().getAttestationChain(),
        request.getImage().getResolveAttestationsList(),
        request.getGit().getReturnObject(),
        request.getHTTP().hasChecksumRequest()
            ? Optional.of(hash(request.getHTTP().getChecksumRequest()))
            : Optional.empty());
  }

  private static SuffixedHash hash(ChecksumRequest request) {
    String algorithm =
        switch (request.getAlgo()) {
          case CHECKSUM_ALGO_SHA256 -> "sha256";
          case CHECKSUM_ALGO_SHA384 -> "sha384";
          case CHECKSUM_ALGO_SHA512 -> "sha512";
          case UNRECOGNIZED ->
              throw new IllegalArgumentException(
                  "unsupported checksum algorithm " + request.getAlgoValue());
        };
    return new SuffixedHash(algorithm, request.getSuffix().toByteArray());
  }

  private static ResolveSourceImageResponse image(SourceFacts.OfImage facts) {
    ResolveSourceImageResponse.Builder response =
        ResolveSourceImageResponse.newBuilder()
            .setDigest(facts.image().digest().toString())
            .setConfig(ByteString.copyFrom(facts.image().config()));
    facts.attestations().ifPresent(it -> response.setAttestationChain(chain(it)));
    return response.build();
  }

  private static AttestationChain chain(ImageAttestations found) {
    AttestationChain.Builder chain = AttestationChain.newBuilder().setRoot(found.root().toString());
    found.image().ifPresent(digest -> chain.setImageManifest(digest.toString()));
    found.attestations().ifPresent(digest -> chain.setAttestationManifest(digest.toString()));
    found.signature().ifPresent(digest -> chain.addSignatureManifests(digest.toString()));
    found.blobs().forEach((digest, blob) -> chain.putBlobs(digest.toString(), blob(blob)));
    return chain.build();
  }

  private static Blob blob(ImageAttestations.Blob blob) {
    return Blob.newBuilder()
        .setBlobDescriptor(
            Descriptor.newBuilder()
                .setMediaType(blob.descriptor().mediaType())
                .setDigest(blob.descriptor().digest().toString())
                .setSize(blob.descriptor().size())
                .putAllAnnotations(blob.descriptor().annotations()))
        .setData(ByteString.copyFrom(blob.data()))
        .build();
  }

  private static ResolveSourceGitResponse git(SourceFacts.OfGit facts) {
    GitCommit commit = facts.commit();
    ResolveSourceGitResponse.Builder response =
        ResolveSourceGitResponse.newBuilder()
            .setChecksum(commit.object())
            .setRef(commit.ref())
            .setCommitChecksum(commit.tagged());
    facts
        .objects()
        .ifPresent(
            objects -> {
              response.setCommitObject(ByteString.copyFrom(objects.commit()));
              objects.tag().ifPresent(tag -> response.setTagObject(ByteString.copyFrom(tag)));
            });
    return response.build();
  }

  private static ResolveSourceHTTPResponse http(
      SourceFacts.OfFile facts, ResolveSourceMetaRequest request) {
    ResolveSourceHTTPResponse.Builder response =
        ResolveSourceHTTPResponse.newBuilder()
            .setChecksum(facts.file().digest().toString())
            .setFilename(facts.file().name());
    facts
        .file()
        .lastModified()
        .ifPresent(
            time ->
                response.setLastModified(Timestamp.newBuilder().setSeconds(time.getEpochSecond())));
    facts
        .suffixed()
        .ifPresent(
            digest ->
                response.setChecksumResponse(
                    ChecksumResponse.newBuilder()
                        .setDigest(digest.toString())
                        .setSuffix(request.getHTTP().getChecksumRequest().getSuffix())));
    return response.build();
  }

  private static Optional<Platform> platform(dev.obdbuild.protos.pb.Platform message) {
    return message.getOS().isEmpty() && message.getArchitecture().isEmpty()
        ? Optional.empty()
        : Optional.of(Platforms.fromProto(message));
  }
}
