package dev.obdbuild.builder.attest;

import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.FileEntry;
import dev.obdbuild.builder.build.Ref;
import dev.obdbuild.builder.build.RefFiles;
import dev.obdbuild.builder.build.ResultAttestation;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.pusher.attest.Attestation;
import dev.obdbuild.pusher.attest.Attestation.About;
import dev.obdbuild.pusher.attest.Subject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What frontends and scanners attest: files of refs, read and checked. */
final class ResultStatements {

  /** Metadata: the name, without extension, of the file that tells the result itself. */
  static final String CORE_KEY = "sbom-core";

  private static final String INLINE_KEY = "inline-only";
  private static final String PROVENANCE = "https://slsa.dev/provenance/";

  /** The most that one statement may hold, as in BuildKit. */
  private static final int LARGEST = 40 << 20;

  private static final int PIECE = 8 << 20;

  private final RefFiles files;

  ResultStatements(Build build) {
    this.files = new RefFiles(build);
  }

  /** All attestations, those of the result itself first; bundles are taken apart. */
  List<Attestation> of(List<ResultAttestation> given) throws IOException {
    List<Attestation> core = new ArrayList<>();
    List<Attestation> others = new ArrayList<>();
    for (ResultAttestation one : given) {
      String name = text(one, CORE_KEY);
      for (Attestation attestation : one.bundle() ? bundle(one) : List.of(single(one))) {
        if (attestation.predicateType().startsWith(PROVENANCE)) {
          throw new IOException("a frontend may not attest a provenance: the builder does");
        }
        String file = attestation.fileName();
        String stem = file.substring(file.lastIndexOf('/') + 1).split("\\.", 2)[0];
        (!name.isEmpty() && stem.equals(name) ? core : others).add(attestation);
      }
    }
    core.addAll(others);
    return core;
  }

  private static String text(ResultAttestation given, String key) {
    return new String(given.metadata().getOrDefault(key, new byte[0]), StandardCharsets.UTF_8);
  }

  private static boolean inlineOnly(ResultAttestation given) {
    return text(given, INLINE_KEY).equals("true");
  }

  private static Ref ref(ResultAttestation given) throws IOException {
    return given
        .ref()
        .orElseThrow(() -> new IOException("attestation " + given.path() + " has no content"));
  }

  private Attestation single(ResultAttestation given) throws IOException {
    if (given.path().isEmpty()) {
      throw new IOException("attestation " + given.predicateType() + " does not have set path");
    }
    List<About> subjects = new ArrayList<>();
    for (ResultAttestation.Subject subject : given.subjects()) {
      subjects.add(
          subject.self()
              ? new About.Itself(Optional.of(subject.name()).filter(name -> !name.isEmpty()))
              : new About.Other(subject(subject.name(), subject.digests())));
    }
    byte[] predicate = read(ref(given), given.path());
    return new Attestation(
        given.predicateType(), predicate, given.path(), inlineOnly(given), subjects);
  }

  private static Subject subject(String name, List<String> digests) throws IOException {
    try {
      return new Subject(name, digests.stream().map(Digest::parse).toList());
    } catch (IllegalArgumentException e) {
      throw new IOException("subject " + name + " of an attestation: " + e.getMessage(), e);
    }
  }

  private List<Attestation> bundle(ResultAttestation given) throws IOException {
    Ref ref = ref(given);
    String folder = given.path().isEmpty() ? "/" : given.path();
    List<Attestation> all = new ArrayList<>();
    for (FileEntry entry : files.list(ref, folder, "")) {
      String path = given.path().isEmpty() ? entry.name() : given.path() + "/" + entry.name();
      all.add(statement(given, path, read(ref, path)));
    }
    return all;
  }

  private static Attestation statement(ResultAttestation given, String path, byte[] bytes)
      throws IOException {
    JsonReader statement = JsonReader.parse(bytes, "attestation " + path, LARGEST);
    String type = statement.string("predicateType");
    if (!given.predicateType().isEmpty() && !given.predicateType().equals(type)) {
      throw new IOException(
          "attestation "
              + path
              + " is of type \""
              + type
              + "\", the bundle is of \""
              + given.predicateType()
              + "\"");
    }
    List<About> subjects = new ArrayList<>();
    for (JsonReader subject : statement.objects("subject")) {
      List<String> digests = new ArrayList<>();
      for (Map.Entry<String, String> digest : subject.stringMap("digest").entrySet()) {
        digests.add(digest.getKey() + ":" + digest.getValue());
      }
      subjects.add(new About.Other(subject(subject.string("name"), digests)));
    }
    String predicate = statement.others().getOrDefault("predicate", "");
    return new Attestation(
        type, predicate.getBytes(StandardCharsets.UTF_8), path, inlineOnly(given), subjects);
  }

  private byte[] read(Ref ref, String path) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (out.size() <= LARGEST) {
      byte[] piece = files.read(ref, path, out.size(), PIECE);
      out.writeBytes(piece);
      if (piece.length < PIECE) {
        return out.toByteArray();
      }
    }
    throw new IOException("attestation " + path + " exceeds " + LARGEST + " bytes");
  }
}
