package dev.obdbuild.builder.gateway;

import com.google.protobuf.ByteString;
import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.BuildResult;
import dev.obdbuild.builder.build.Ref;
import dev.obdbuild.builder.build.ResultAttestation;
import dev.obdbuild.protos.gateway.Attestation;
import dev.obdbuild.protos.gateway.AttestationKind;
import dev.obdbuild.protos.gateway.Attestations;
import dev.obdbuild.protos.gateway.InTotoSubject;
import dev.obdbuild.protos.gateway.InTotoSubjectKind;
import dev.obdbuild.protos.gateway.RefMap;
import dev.obdbuild.protos.gateway.RefMapDeprecated;
import dev.obdbuild.protos.gateway.Result;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Results of builds as the gateway's messages. */
final class ResultMessages {

  private ResultMessages() {}

  /**
   * A result.
   *
   * @param withGraphs whether the frontend knows refs that come with their graphs
   */
  static Result of(BuildResult result, boolean withGraphs) {
    Result.Builder out = Result.newBuilder();
    if (!withGraphs) {
      idsOnly(result, out);
    } else if (result.refs().isEmpty()) {
      result.ref().ifPresent(ref -> out.setRef(ref(ref)));
    } else {
      RefMap.Builder refs = RefMap.newBuilder();
      result.refs().forEach((key, ref) -> refs.putRefs(key, ref(ref)));
      out.setRefs(refs);
    }
    result.metadata().forEach((key, value) -> out.putMetadata(key, ByteString.copyFrom(value)));
    result
        .attestations()
        .forEach(
            (key, all) -> {
              Attestations.Builder list = Attestations.newBuilder();
              all.forEach(one -> list.addAttestation(attestation(one)));
              out.putAttestations(key, list.build());
            });
    return out.build();
  }

  private static void idsOnly(BuildResult result, Result.Builder out) {
    if (result.refs().isEmpty()) {
      out.setRefDeprecated(result.ref().map(Ref::id).orElse(""));
      return;
    }
    RefMapDeprecated.Builder refs = RefMapDeprecated.newBuilder();
    result.refs().forEach((key, ref) -> refs.putRefs(key, ref.id()));
    out.setRefsDeprecated(refs);
  }

  private static dev.obdbuild.protos.gateway.Ref ref(Ref ref) {
    return dev.obdbuild.protos.gateway.Ref.newBuilder()
        .setId(ref.id())
        .setDef(ref.graph().toDefinition())
        .build();
  }

  private static Attestation attestation(ResultAttestation it) {
    Attestation.Builder out =
        Attestation.newBuilder()
            .setKind(it.bundle() ? AttestationKind.Bundle : AttestationKind.InToto)
            .setPath(it.path())
            .setInTotoPredicateType(it.predicateType());
    it.metadata().forEach((key, value) -> out.putMetadata(key, ByteString.copyFrom(value)));
    it.ref().ifPresent(ref -> out.setRef(ref(ref)));
    for (ResultAttestation.Subject subject : it.subjects()) {
      out.addInTotoSubjects(
          InTotoSubject.newBuilder()
              .setKind(subject.self() ? InTotoSubjectKind.Self : InTotoSubjectKind.Raw)
              .addAllDigest(subject.digests())
              .setName(subject.name()));
    }
    return out.build();
  }

  /**
   * What a client returned. Its refs are those of the build.
   *
   * @throws IOException when it names a ref that the build does not have
   */
  static BuildResult parse(Result message, Build build) throws IOException {
    SortedMap<String, byte[]> metadata = new TreeMap<>();
    message.getMetadataMap().forEach((key, value) -> metadata.put(key, value.toByteArray()));
    SortedMap<String, List<ResultAttestation>> attestations = new TreeMap<>();
    for (Map.Entry<String, Attestations> entry : message.getAttestationsMap().entrySet()) {
      List<ResultAttestation> all = new ArrayList<>();
      for (Attestation one : entry.getValue().getAttestationList()) {
        all.add(parse(one, build));
      }
      attestations.put(entry.getKey(), all);
    }
    Optional<Ref> ref = Optional.empty();
    SortedMap<String, Ref> refs = new TreeMap<>();
    switch (message.getResultCase()) {
      case REF -> ref = find(message.getRef().getId(), build);
      case REFDEPRECATED -> ref = find(message.getRefDeprecated(), build);
      case REFS -> {
        for (Map.Entry<String, dev.obdbuild.protos.gateway.Ref> entry :
            message.getRefs().getRefsMap().entrySet()) {
          refs.put(entry.getKey(), required(entry.getKey(), entry.getValue().getId(), build));
        }
      }
      case REFSDEPRECATED -> {
        for (Map.Entry<String, String> entry :
            message.getRefsDeprecated().getRefsMap().entrySet()) {
          refs.put(entry.getKey(), required(entry.getKey(), entry.getValue(), build));
        }
      }
      case RESULT_NOT_SET -> {}
    }
    return new BuildResult(ref, refs, metadata, attestations);
  }

  private static ResultAttestation parse(Attestation message, Build build) throws IOException {
    SortedMap<String, byte[]> metadata = new TreeMap<>();
    message.getMetadataMap().forEach((key, value) -> metadata.put(key, value.toByteArray()));
    List<ResultAttestation.Subject> subjects = new ArrayList<>();
    for (InTotoSubject subject : message.getInTotoSubjectsList()) {
      subjects.add(
          new ResultAttestation.Subject(
              subject.getKind() == InTotoSubjectKind.Self,
              subject.getDigestList(),
              subject.getName()));
    }
    return new ResultAttestation(
        message.getKind() == AttestationKind.Bundle,
        metadata,
        message.hasRef() ? find(message.getRef().getId(), build) : Optional.empty(),
        message.getPath(),
        message.getInTotoPredicateType(),
        subjects);
  }

  private static Optional<Ref> find(String id, Build build) throws IOException {
    return id.isEmpty() ? Optional.empty() : Optional.of(build.ref(id));
  }

  private static Ref required(String key, String id, Build build) throws IOException {
    return find(id, build).orElseThrow(() -> new IOException("result of " + key + " names no ref"));
  }
}
