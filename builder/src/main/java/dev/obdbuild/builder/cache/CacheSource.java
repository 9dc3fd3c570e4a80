package dev.obdbuild.builder.cache;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where a build imports results from. */
public sealed interface CacheSource {

  /**
   * A cache in a registry, or an image with an inline cache.
   *
   * @param insecure whether the registry may speak plain HTTP or have any certificate
   */
  record Registry(Reference reference, boolean insecure, boolean mounts) implements CacheSource {

    /** One whose cache mounts are taken, too. */
    public Registry(Reference reference, boolean insecure) {
      this(reference, insecure, true);
    }

    @Override
    public String name() {
      return reference.canonical();
    }
  }

  /**
   * A cache in a folder of the client's.
   *
   * @param store id under which the client offers it, {@code local:DIR}
   * @param digest of its manifest; empty when the client found none, as before the first export
   */
  record Local(String store, Optional<Digest> digest, boolean mounts) implements CacheSource {

    @Override
    public String name() {
      return digest.isEmpty() ? store : store + "@" + digest.get();
    }
  }

  /** What it is called in progress and messages. */
  String name();

  /** Whether cache mounts that are new here start with what it holds of them. */
  boolean mounts();

  /**
   * The source that a client's option names.
   *
   * @throws IllegalArgumentException for a kind that there is not, or when an attribute is missing
   *     or wrong; says which
   */
  static CacheSource parse(String type, Map<String, String> attributes) {
    CacheAttributes all = new CacheAttributes(type, attributes);
    return switch (type) {
      case "registry" -> new Registry(all.reference(), all.insecure(), all.mounts(true));
      case "local" ->
          new Local(
              "local:" + all.required("src"),
              all.optional("digest").map(Digest::parse),
              all.mounts(true));
      default -> throw CacheAttributes.unknownType(type);
    };
  }

  /**
   * The sources that a frontend's options name: {@code cache-imports}, a JSON list of types and
   * attributes, and the older {@code cache-from}, a list of references.
   *
   * @throws IllegalArgumentException as {@link #parse}
   */
  static List<CacheSource> of(Map<String, String> frontendOptions) {
    Set<CacheSource> sources = new LinkedHashSet<>();
    String json = frontendOptions.getOrDefault("cache-imports", "");
    if (!json.isBlank()) {
      sources.addAll(parseImports(json));
    }
    for (String reference : frontendOptions.getOrDefault("cache-from", "").split(",", -1)) {
      if (!reference.isBlank()) {
        sources.add(parse("registry", Map.of("ref", reference.strip())));
      }
    }
    return List.copyOf(sources);
  }

  private static List<CacheSource> parseImports(String json) {
    try {
      // The reader takes objects only.
      byte[] document = ("{\"cache-imports\":" + json + "}").getBytes(StandardCharsets.UTF_8);
      List<CacheSource> sources = new ArrayList<>();
      for (JsonReader entry :
          JsonReader.parse(document, "frontend option cache-imports").objects("cache-imports")) {
        sources.add(parse(entry.requiredString("Type"), entry.stringMap("Attrs")));
      }
      return sources;
    } catch (MalformedDocumentException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
