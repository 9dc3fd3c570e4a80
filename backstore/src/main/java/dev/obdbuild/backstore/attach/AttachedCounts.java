package dev.obdbuild.backstore.attach;

import dev.obdbuild.backstore.metrics.DeviceCounts;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.oci.json.MalformedDocumentException;

/**
 * What an attached image has done so far.
 *
 * @param fetched bytes from a registry or a P2P node
 */
public record AttachedCounts(DeviceCounts device, long fetched) {

  JsonWriter toJson() {
    return new JsonWriter()
        .alwaysInteger("reads", device.reads())
        .alwaysInteger("bytesRead", device.read())
        .alwaysInteger("writes", device.writes())
        .alwaysInteger("bytesWritten", device.written())
        .alwaysInteger("bytesFetched", fetched)
        .alwaysInteger("failures", device.failures());
  }

  static AttachedCounts of(JsonReader json) throws MalformedDocumentException {
    return new AttachedCounts(
        new DeviceCounts(
            json.integer("reads", 0),
            json.integer("bytesRead", 0),
            json.integer("writes", 0),
            json.integer("bytesWritten", 0),
            json.integer("failures", 0)),
        json.integer("bytesFetched", 0));
  }
}
