package dev.obdbuild.pusher.cache;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.History;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A cache inside an image's config. Its results are those whose layers are the lowest layers of the
 * image; they are named by how many.
 */
public final class InlineCache {

  /** Key of the config under which the document is. */
  public static final String CONFIG_KEY = "dev.obdbuild.cache.v1";

  /** BuildKit's, which an image does not hand on to those built on it either. */
  private static final String BUILDKIT_KEY = "moby.buildkit.cache.v0";

  private InlineCache() {}

  /**
   * What is added to the config of an image: the results that its layers hold, by the key of the
   * config with its JSON. Empty when there is none.
   *
   * @param image layers of the image, bottom first
   */
  public static Map<String, String> fields(List<LayerSource> image, List<CachedResults> results)
      throws IOException {
    Map<Digest, CacheDocument.Entry> records = new LinkedHashMap<>();
    Set<Digest> markers = new LinkedHashSet<>();
    boolean any = false;
    for (CachedResults result : results) {
      List<Integer> tops = new ArrayList<>();
      for (CachedResults.Chain chain : result.results()) {
        int size = chain.layers().size();
        if (size <= image.size() && image.subList(0, size).equals(chain.layers())) {
          tops.add(size - 1);
        }
      }
      boolean whole = !tops.isEmpty() && tops.size() == result.results().size();
      if (whole) {
        any = true;
      }
      result.marker().ifPresent(markers::add);
      if (whole || !result.contents().isEmpty()) {
        records.put(
            result.key(), new CacheDocument.Entry(whole ? tops : List.of(), result.contents()));
      }
    }
    if (!any || image.isEmpty()) {
      return Map.of();
    }
    CacheDocument document =
        new CacheDocument(image.size(), List.of(), records, List.copyOf(markers));
    return Map.of(CONFIG_KEY, new String(document.toJson(), StandardCharsets.UTF_8));
  }

  /** The config without the inline cache that it has from its base image. */
  public static ImageConfig without(ImageConfig config) {
    Map<String, String> others = new TreeMap<>(config.others());
    if (!others.keySet().removeAll(List.of(CONFIG_KEY, BUILDKIT_KEY))) {
      return config;
    }
    return new ImageConfig(
        config.platform(),
        config.created(),
        config.author(),
        config.config(),
        config.diffIds(),
        config.history(),
        others);
  }

  /**
   * The cache of an image, over the image's layers.
   *
   * @throws MalformedDocumentException when it does not fit the image
   */
  static Optional<ReadCache> read(Manifest manifest, ImageConfig config, String name)
      throws MalformedDocumentException {
    String json = config.others().get(CONFIG_KEY);
    if (json == null) {
      return Optional.empty();
    }
    CacheDocument inline =
        CacheDocument.parse(json.getBytes(StandardCharsets.UTF_8), name + ", key " + CONFIG_KEY);
    int layers = manifest.layers().size();
    if (inline.imageLayers() != layers || config.diffIds().size() != layers) {
      throw new MalformedDocumentException(
          name,
          "inline cache for %d layers in an image of %d layers and %d diff ids"
              .formatted(inline.imageLayers(), layers, config.diffIds().size()));
    }
    List<Instant> times = times(config.history());
    List<CacheDocument.Layer> chain = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      chain.add(
          new CacheDocument.Layer(
              manifest.layers().get(i).digest(),
              config.diffIds().get(i),
              i - 1,
              times.size() == layers ? Optional.of(times.get(i)) : Optional.empty()));
    }
    CacheDocument document = new CacheDocument(0, chain, inline.records(), inline.markers());
    return Optional.of(ReadCache.of(document, manifest.layers()));
  }

  private static List<Instant> times(List<History> history) {
    return history.stream()
        .filter(entry -> !entry.emptyLayer())
        .map(History::created)
        .flatMap(Optional::stream)
        .toList();
  }
}
