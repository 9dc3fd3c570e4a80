package dev.obdbuild.pusher.attest;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.json.JsonWriter;
import java.util.List;

/**
 * A thing that a statement is about.
 *
 * @param name package URL of an image, or path of a file
 * @param digests in different algorithms
 */
public record Subject(String name, List<Digest> digests) {

  public Subject {
    digests = List.copyOf(digests);
  }

  /** A thing with one digest. */
  public Subject(String name, Digest digest) {
    this(name, List.of(digest));
  }

  JsonWriter write() {
    JsonWriter all = new JsonWriter();
    digests.stream().sorted().forEach(digest -> all.always(digest.algorithm(), digest.hex()));
    return new JsonWriter().always("name", name).object("digest", all);
  }
}
