package dev.obdbuild.pusher.cache;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Index;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads the documents of a cache, in whatever way it is packed: a cache of its own, or images with
 * inline caches. Reads no layer.
 */
public final class CacheReader {

  private static final String BUILDKIT_CACHE = "application/vnd.buildkit.cacheconfig.v0";

  /** Images of one index that are looked into. */
  private static final int MAX_IMAGES = 32;

  private final CachePlace place;

  private CacheReader(CachePlace place) {
    this.place = place;
  }

  /**
   * What a place holds.
   *
   * @throws IOException when nothing is there, or nothing that can be read as a cache; names the
   *     place
   */
  public static List<ReadCache> read(CachePlace place) throws IOException {
    List<ReadCache> found = new CacheReader(place).read();
    if (found.isEmpty()) {
      throw new IOException(place.name() + " holds no build cache");
    }
    return found;
  }

  private List<ReadCache> read() throws IOException {
    CachePlace.Root root = place.root();
    String name = place.name() + "@" + root.descriptor().digest();
    if (!JsonReader.parse(root.body(), name).has("manifests")) {
      return image(Manifest.parse(root.body(), name)).stream().toList();
    }
    Index index = Index.parse(root.body(), name);
    Optional<Descriptor> config =
        index.manifests().stream().filter(CacheReader::isCacheConfig).findFirst();
    if (config.isPresent()) {
      return List.of(cache(config.get(), index.manifests()));
    }
    List<ReadCache> found = new ArrayList<>();
    for (Descriptor manifest : index.manifests().stream().limit(MAX_IMAGES).toList()) {
      if (MediaTypes.isManifest(manifest.mediaType())) {
        byte[] body = place.manifest(manifest);
        image(Manifest.parse(body, place.name() + "@" + manifest.digest())).ifPresent(found::add);
      }
    }
    return found;
  }

  private static boolean isCacheConfig(Descriptor blob) {
    return blob.mediaType().equals(CacheDocument.MEDIA_TYPE)
        || blob.mediaType().equals(BUILDKIT_CACHE);
  }

  private Optional<ReadCache> image(Manifest manifest) throws IOException {
    if (isCacheConfig(manifest.config())) {
      return Optional.of(cache(manifest.config(), manifest.layers()));
    }
    if (!MediaTypes.isConfig(manifest.config().mediaType())) {
      return Optional.empty();
    }
    String name = place.name() + ": config " + manifest.config().digest();
    ImageConfig config = ImageConfig.parse(place.blob(manifest.config()), name);
    return InlineCache.read(manifest, config, name);
  }

  private ReadCache cache(Descriptor config, List<Descriptor> blobs) throws IOException {
    if (config.mediaType().equals(BUILDKIT_CACHE)) {
      throw new IOException(
          place.name() + " is a cache that BuildKit wrote; its keys and layers are of no use here");
    }
    String name = place.name() + ": config " + config.digest();
    CacheDocument document = CacheDocument.parse(place.blob(config), name);
    Set<Digest> there = blobs.stream().map(Descriptor::digest).collect(Collectors.toSet());
    for (CacheDocument.Layer layer : document.layers()) {
      if (!there.contains(layer.blob())) {
        throw new MalformedDocumentException(
            name, "layer " + layer.blob() + " is not in the cache's manifest");
      }
    }
    return ReadCache.of(document, blobs);
  }
}
