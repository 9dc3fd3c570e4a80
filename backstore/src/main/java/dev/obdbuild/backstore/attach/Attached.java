package dev.obdbuild.backstore.attach;

import dev.obdbuild.linux.process.ProcessIdentity;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Path;

/**
 * An image that some process of this host serves.
 *
 * @param process that serves it
 * @param config absolute path of its configuration
 * @param size of the device in bytes
 * @param layerBytes size of all its read-only layers, as far as it is known
 * @param counts as of a second ago
 */
public record Attached(
    ProcessIdentity process,
    Path config,
    Path node,
    boolean writable,
    long size,
    long layerBytes,
    AttachedCounts counts) {

  byte[] toJson() {
    return new JsonWriter()
        .alwaysInteger("pid", process.pid())
        .alwaysInteger("started", process.startTicks())
        .always("config", config.toString())
        .always("node", node.toString())
        .bool("writable", writable)
        .alwaysInteger("size", size)
        .alwaysInteger("layerBytes", layerBytes)
        .object("counts", counts.toJson())
        .toBytes();
  }

  static Attached of(byte[] text, String name) throws IOException {
    JsonReader json = JsonReader.parse(text, name);
    JsonReader counts =
        json.object("counts").orElseThrow(() -> json.malformed("counts is missing"));
    return new Attached(
        new ProcessIdentity(json.integer("pid", 0), json.integer("started", 0)),
        Path.of(json.requiredString("config")),
        Path.of(json.requiredString("node")),
        json.bool("writable"),
        json.integer("size", 0),
        json.integer("layerBytes", 0),
        AttachedCounts.of(counts));
  }
}
