package dev.obdbuild.oci.image;

import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The manifest of one image (OCI or Docker schema 2): its config and its layers, bottom first. */
public record Manifest(
    String mediaType,
    Descriptor config,
    List<Descriptor> layers,
    Optional<Descriptor> subject,
    Map<String, String> annotations,
    Optional<String> artifactType) {

  public Manifest {
    layers = List.copyOf(layers);
    annotations = Map.copyOf(annotations);
  }

  /** An OCI manifest with nothing optional. */
  public Manifest(Descriptor config, List<Descriptor> layers) {
    this(MediaTypes.OCI_MANIFEST, config, layers, Optional.empty(), Map.of(), Optional.empty());
  }

  /**
   * Reads a manifest.
   *
   * @param name names it in errors: its digest or URL
   * @throws MalformedDocumentException if it is none, or an index or of schema 1
   */
  public static Manifest parse(byte[] body, String name) throws MalformedDocumentException {
    JsonReader json = JsonReader.parse(body, name);
    long schema = json.integer("schemaVersion", 0);
    if (schema != 2) {
      throw json.malformed("a manifest of schema version 2 was expected, found version " + schema);
    }
    if (json.has("manifests")) {
      throw json.malformed("an image manifest was expected, found an index");
    }
    Optional<JsonReader> config = json.object("config");
    if (config.isEmpty()) {
      throw json.malformed("config is missing");
    }
    List<Descriptor> layers = new ArrayList<>();
    for (JsonReader layer : json.objects("layers")) {
      layers.add(Descriptor.read(layer));
    }
    Optional<JsonReader> subject = json.object("subject");
    return new Manifest(
        json.optionalString("mediaType").orElse(MediaTypes.OCI_MANIFEST),
        Descriptor.read(config.get()),
        layers,
        subject.isPresent() ? Optional.of(Descriptor.read(subject.get())) : Optional.empty(),
        json.stringMap("annotations"),
        json.optionalString("artifactType"));
  }

  /** The topmost layer, if it holds only a prefetch trace and so is no part of the filesystem. */
  public Optional<Descriptor> accelerationLayer() {
    return layers.isEmpty()
        ? Optional.empty()
        : Optional.of(layers.getLast()).filter(OverlaybdAnnotations::isAccelerationLayer);
  }

  /** Its JSON; equal manifests give equal bytes. */
  public byte[] toJson() {
    JsonWriter json =
        new JsonWriter()
            .alwaysInteger("schemaVersion", 2)
            .always("mediaType", mediaType)
            .string("artifactType", artifactType.orElse(""))
            .object("config", config.write())
            .objects("layers", layers.stream().map(Descriptor::write).toList());
    subject.ifPresent(s -> json.object("subject", s.write()));
    return json.map("annotations", annotations).toBytes();
  }
}
