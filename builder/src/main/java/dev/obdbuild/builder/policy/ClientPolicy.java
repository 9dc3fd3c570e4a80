package dev.obdbuild.builder.policy;

import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.SourceDeniedException;
import dev.obdbuild.builder.build.SourcePolicy;
import dev.obdbuild.llb.Platforms;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.json.GoQuote;
import dev.obdbuild.protos.gateway.ResolveSourceMetaRequest;
import dev.obdbuild.protos.gateway.ResolveSourceMetaResponse;
import dev.obdbuild.protos.policysession.CheckPolicyRequest;
import dev.obdbuild.protos.policysession.CheckPolicyResponse;
import dev.obdbuild.protos.policysession.DecisionResponse;
import dev.obdbuild.protos.policysession.DenyMessage;
import java.io.IOException;
import java.util.Optional;

/**
 * The policy of a client, which is asked about each source. It may want to know more of one before
 * it decides, and put another one in its place, which it is asked about in turn.
 */
public final class ClientPolicy implements SourcePolicy {

  private static final int MOST_QUESTIONS = 10;

  private final Verifier verifier;
  private final Metadata metadata;

  /** The client's end. */
  @FunctionalInterface
  public interface Verifier {
    CheckPolicyResponse check(CheckPolicyRequest request) throws IOException;
  }

  /** Tells the client what it wants to know, without asking it whether it may. */
  @FunctionalInterface
  public interface Metadata {
    ResolveSourceMetaResponse of(Build build, ResolveSourceMetaRequest request) throws IOException;
  }

  public ClientPolicy(Verifier verifier, Metadata metadata) {
    this.verifier = verifier;
    this.metadata = metadata;
  }

  @Override
  public SourceOp admit(SourceOp source, Optional<Platform> platform, Build build)
      throws IOException {
    SourceOp asked = NormalSource.of(source);
    SourceOp now = asked;
    ResolveSourceMetaResponse known = known(now);
    for (int questions = 0; questions < MOST_QUESTIONS; questions++) {
      CheckPolicyResponse answer = verifier.check(question(known, platform));
      switch (answer.getResultCase()) {
        case REQUEST -> known = learn(now, answer.getRequest(), build);
        case DECISION -> {
          Optional<SourceOp> instead = decided(now, answer.getDecision());
          if (instead.isEmpty()) {
            return now.equals(asked) ? source : now;
          }
          now = NormalSource.of(instead.get());
          known = known(now);
        }
        case RESULT_NOT_SET -> throw new IOException("no decision in policy response");
      }
    }
    throw new IOException("too many policy requests");
  }

  private static CheckPolicyRequest question(
      ResolveSourceMetaResponse known, Optional<Platform> platform) {
    CheckPolicyRequest.Builder question = CheckPolicyRequest.newBuilder().setSource(known);
    platform.ifPresent(it -> question.setPlatform(Platforms.toProto(it)));
    return question.build();
  }

  private static ResolveSourceMetaResponse known(SourceOp source) {
    return ResolveSourceMetaResponse.newBuilder()
        .setSource(
            dev.obdbuild.protos.pb.SourceOp.newBuilder()
                .setIdentifier(source.identifier())
                .putAllAttrs(source.attrs()))
        .build();
  }

  /** Only what is asked about may be looked up: the client did not allow anything else yet. */
  private ResolveSourceMetaResponse learn(
      SourceOp source, ResolveSourceMetaRequest request, Build build) throws IOException {
    String wanted = request.getSource().getIdentifier();
    if (!wanted.equals(source.identifier())) {
      throw new IOException(
          "policy requested different source identifier: "
              + GoQuote.quote(wanted)
              + " != "
              + GoQuote.quote(source.identifier()));
    }
    if (!request.getSource().getAttrsMap().equals(source.attrs())) {
      throw new IOException("policy requested different source attrs: value mismatch");
    }
    try {
      return metadata.of(build, request);
    } catch (SourceDeniedException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "error resolving source metadata from policy request: " + e.getMessage(), e);
    }
  }

  /** What the client puts in the source's place; empty when it allows it. */
  private static Optional<SourceOp> decided(SourceOp source, DecisionResponse decision)
      throws IOException {
    switch (decision.getAction()) {
      case ALLOW -> {
        return Optional.empty();
      }
      case CONVERT -> {
        if (!decision.hasUpdate()) {
          throw new IOException("convert action requires updated source");
        }
        return Optional.of(
            SourceOp.of(decision.getUpdate().getIdentifier(), decision.getUpdate().getAttrsMap()));
      }
      default ->
          throw new SourceDeniedException(
              "source "
                  + GoQuote.quote(source.identifier())
                  + " not allowed by policy: action "
                  + decision.getAction(),
              decision.getDenyMessagesList().stream().map(DenyMessage::getMessage).toList());
    }
  }
}
