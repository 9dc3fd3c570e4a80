package dev.obdbuild.oci.image;

import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** A list of manifests, one per platform (OCI index or Docker manifest list), or of referrers. */
public record Index(
    String mediaType,
    List<Descriptor> manifests,
    Optional<Descriptor> subject,
    Map<String, String> annotations,
    Optional<String> artifactType) {

  public Index {
    manifests = List.copyOf(manifests);
    annotations = Map.copyOf(annotations);
  }

  /** An OCI index with nothing optional. */
  public Index(List<Descriptor> manifests) {
    this(MediaTypes.OCI_INDEX, manifests, Optional.empty(), Map.of(), Optional.empty());
  }

  /**
   * Reads an index.
   *
   * @param name names it in errors: its digest or URL
   */
  public static Index parse(byte[] body, String name) throws MalformedDocumentException {
    JsonReader json = JsonReader.parse(body, name);
    if (!json.has("manifests") && (json.has("config") || json.has("layers"))) {
      throw json.malformed("an index was expected, found an image manifest");
    }
    List<Descriptor> manifests = new ArrayList<>();
    for (JsonReader manifest : json.objects("manifests")) {
      manifests.add(Descriptor.read(manifest));
    }
    Optional<JsonReader> subject = json.object("subject");
    return new Index(
        json.optionalString("mediaType").orElse(MediaTypes.OCI_INDEX),
        manifests,
        subject.isPresent() ? Optional.of(Descriptor.read(subject.get())) : Optional.empty(),
        json.stringMap("annotations"),
        json.optionalString("artifactType"));
  }

  /**
   * The manifest for {@code wanted}: an exact match of the variant first, then one that {@code
   * wanted} accepts, then one that names no platform if it is the only one. Of several that match
   * alike, an overlaybd image counts before an ordinary one, else the first counts. Attestations
   * (platform {@code unknown/unknown}) never match.
   */
  public Optional<Descriptor> choose(Platform wanted) {
    Platform normal = wanted.normalised();
    List<Descriptor> images =
        manifests.stream()
            .filter(
                m ->
                    m.mediaType().isEmpty()
                        || MediaTypes.isManifest(m.mediaType())
                        || MediaTypes.isIndex(m.mediaType()))
            .toList();
    List<Descriptor> exact = matching(images, platform -> same(normal, platform.normalised()));
    List<Descriptor> matching = exact.isEmpty() ? matching(images, wanted::accepts) : exact;
    if (!matching.isEmpty()) {
      return matching.stream()
          .filter(OverlaybdAnnotations::isAlternative)
          .findFirst()
          .or(() -> Optional.of(matching.getFirst()));
    }
    return images.size() == 1 && images.getFirst().platform().isEmpty()
        ? Optional.of(images.getFirst())
        : Optional.empty();
  }

  private static List<Descriptor> matching(List<Descriptor> images, Predicate<Platform> platform) {
    return images.stream().filter(image -> image.platform().filter(platform).isPresent()).toList();
  }

  private static boolean same(Platform a, Platform b) {
    return a.os().equals(b.os())
        && a.architecture().equals(b.architecture())
        && a.variant().equals(b.variant());
  }

  /** Its JSON; equal indexes give equal bytes. */
  public byte[] toJson() {
    JsonWriter json =
        new JsonWriter()
            .alwaysInteger("schemaVersion", 2)
            .always("mediaType", mediaType)
            .string("artifactType", artifactType.orElse(""))
            .objects("manifests", manifests.stream().map(Descriptor::write).toList());
    subject.ifPresent(s -> json.object("subject", s.write()));
    return json.map("annotations", annotations).toBytes();
  }
}
