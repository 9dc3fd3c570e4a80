package dev.obdbuild.pusher.attest;

import dev.obdbuild.oci.json.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One attestation about a result of a build, before it is known what the result's digest is.
 *
 * @param predicateType for example {@code https://slsa.dev/provenance/v1}
 * @param predicate JSON; empty for none
 * @param fileName what the exporters of files call it, for example {@code provenance.json}
 * @param inlineOnly whether it is only meant for images in registries
 * @param subjects what it is about; none means the result itself
 */
public record Attestation(
    String predicateType,
    byte[] predicate,
    String fileName,
    boolean inlineOnly,
    List<About> subjects) {

  /** What an attestation is about. */
  public sealed interface About {

    /**
     * The result itself.
     *
     * @param name another name to tell it by, beside its own
     */
    record Itself(Optional<String> name) implements About {}

    /** Something else. */
    record Other(Subject subject) implements About {}
  }

  private static final String STATEMENT = "https://in-toto.io/Statement/v1";

  public Attestation {
    subjects = List.copyOf(subjects);
  }

  /**
   * The in-toto statement, compact JSON.
   *
   * @param result the result as subjects: an image under each of its names, or the files
   * @throws IOException if the predicate is not JSON
   */
  public byte[] statement(List<Subject> result) throws IOException {
    String json =
        predicate.length == 0
            ? "null"
            : JsonText.compact(new String(predicate, StandardCharsets.UTF_8), predicateType);
    return new JsonWriter()
        .always("_type", STATEMENT)
        .always("predicateType", predicateType)
        .objects("subject", about(result).stream().map(Subject::write).toList())
        .raw("predicate", json)
        .toBytes();
  }

  private List<Subject> about(List<Subject> result) {
    List<About> told = subjects.isEmpty() ? List.of(new About.Itself(Optional.empty())) : subjects;
    List<Subject> all = new ArrayList<>();
    for (About about : told) {
      switch (about) {
        case About.Other(Subject other) -> all.add(other);
        case About.Itself(Optional<String> name) ->
            result.forEach(
                subject -> {
                  all.add(subject);
                  name.ifPresent(other -> all.add(new Subject(other, subject.digests())));
                });
      }
    }
    return all;
  }
}
