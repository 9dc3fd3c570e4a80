package dev.obdbuild.backstore.attach;

import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.oci.json.MalformedDocumentException;

/**
 * What an attached image has done so far. Sizes are bytes.
 *
 * @param fetched from a registry or a P2P node
 * @param failures requests that ended in an error
 */
public record AttachedCounts(
    long reads, long read, long writes, long written, long fetched, long failures) {

  JsonWriter toJson() {
    return new JsonWriter()
        .alwaysInteger("reads", reads)
        .alwaysInteger("bytesRead", read)
        .alwaysInteger("writes", writes)
        .alwaysInteger("bytesWritten", written)
        .alwaysInteger("bytesFetched", fetched)
        .alwaysInteger("failures", failures);
  }

  static AttachedCounts of(JsonReader json) throws MalformedDocumentException {
    return new AttachedCounts(
        json.integer("reads", 0),
        json.integer("bytesRead", 0),
        json.integer("writes", 0),
        json.integer("bytesWritten", 0),
        json.integer("bytesFetched", 0),
        json.integer("failures", 0));
  }
}
