package dev.obdbuild.oci.image;

import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Points to content: what it is, its digest, its size in bytes. */
public record Descriptor(
    String mediaType,
    Digest digest,
    long size,
    Map<String, String> annotations,
    Optional<Platform> platform,
    Optional<String> artifactType,
    List<String> urls) {

  /**
   * @throws IllegalArgumentException if {@code size} is negative
   */
  public Descriptor {
    if (size < 0) {
      throw new IllegalArgumentException("descriptor of " + digest + " has the size " + size);
    }
    annotations = Map.copyOf(annotations);
    urls = List.copyOf(urls);
  }

  /** A descriptor with nothing optional. */
  public Descriptor(String mediaType, Digest digest, long size) {
    this(mediaType, digest, size, Map.of(), Optional.empty(), Optional.empty(), List.of());
  }

  /** The descriptor of {@code content}. */
  public static Descriptor of(String mediaType, byte[] content) {
    return new Descriptor(mediaType, Digest.sha256(content), content.length);
  }

  /** This descriptor with other annotations. */
  public Descriptor withAnnotations(Map<String, String> changed) {
    return new Descriptor(mediaType, digest, size, changed, platform, artifactType, urls);
  }

  /** This descriptor with another media type. */
  public Descriptor withMediaType(String changed) {
    return new Descriptor(changed, digest, size, annotations, platform, artifactType, urls);
  }

  /** This descriptor with a platform. */
  public Descriptor withPlatform(Platform changed) {
    return new Descriptor(
        mediaType, digest, size, annotations, Optional.of(changed), artifactType, urls);
  }

  /** This descriptor with an artifact type. */
  public Descriptor withArtifactType(String changed) {
    return new Descriptor(
        mediaType, digest, size, annotations, platform, Optional.of(changed), urls);
  }

  /** Its JSON, compact. */
  public String toJson() {
    return write().toString();
  }

  /** Reads a descriptor: an object of a document that {@code json} knows the name of. */
  public static Descriptor read(JsonReader json) throws MalformedDocumentException {
    Optional<JsonReader> platform = json.object("platform");
    long size = json.integer("size", -1);
    if (size < 0) {
      throw json.malformed(json.where("size") + " is missing or negative");
    }
    return new Descriptor(
        json.string("mediaType"),
        digest(json, "digest", json.requiredString("digest")),
        size,
        json.stringMap("annotations"),
        platform.isPresent() ? Optional.of(Platform.read(platform.get())) : Optional.empty(),
        json.optionalString("artifactType"),
        json.strings("urls"));
  }

  static Digest digest(JsonReader json, String key, String text) throws MalformedDocumentException {
    try {
      return Digest.parse(text);
    } catch (IllegalArgumentException e) {
      throw json.malformed(json.where(key) + ": " + e.getMessage());
    }
  }

  JsonWriter write() {
    JsonWriter json =
        new JsonWriter()
            .always("mediaType", mediaType)
            .always("digest", digest.toString())
            .alwaysInteger("size", size)
            .strings("urls", urls)
            .map("annotations", new TreeMap<>(annotations));
    platform.ifPresent(p -> json.object("platform", p.write()));
    return json.string("artifactType", artifactType.orElse(""));
  }
}
