package dev.obdbuild.oci.image;

import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.time.Instant;
import java.util.Optional;

/**
 * One step of an image's history. Each entry that is not an empty layer stands for one layer, in
 * order.
 */
public record History(
    Optional<Instant> created,
    String createdBy,
    String author,
    String comment,
    boolean emptyLayer) {

  /** An entry as BuildKit's Dockerfile frontend writes it. */
  public static History of(Optional<Instant> created, String createdBy, boolean emptyLayer) {
    return new History(created, createdBy, "", "buildkit.dockerfile.v0", emptyLayer);
  }

  static History read(JsonReader json) throws MalformedDocumentException {
    return new History(
        ImageConfig.time(json, "created"),
        json.string("created_by"),
        json.string("author"),
        json.string("comment"),
        json.bool("empty_layer"));
  }

  JsonWriter write() {
    return new JsonWriter()
        .string("created", created.map(Rfc3339::format).orElse(""))
        .string("created_by", createdBy)
        .string("author", author)
        .string("comment", comment)
        .bool("empty_layer", emptyLayer);
  }
}
