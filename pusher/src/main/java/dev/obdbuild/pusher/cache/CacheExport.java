package dev.obdbuild.pusher.cache;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Index;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import dev.obdbuild.oci.image.SealedLayer;
import dev.obdbuild.pusher.cache.CacheDocument.Entry;
import dev.obdbuild.pusher.cache.CacheDocument.Layer;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Puts results, and folders of cache mounts, into a cache. Used once, by one thread. */
public final class CacheExport {

  /** How the documents are packed: registries differ in what they accept. */
  public enum Packing {
    /** An image manifest, the default. */
    IMAGE_MANIFEST(MediaTypes.OCI_MANIFEST),
    /** An index that lists blobs. */
    OCI_INDEX(MediaTypes.OCI_INDEX),
    /** Docker's list that lists blobs. */
    DOCKER_LIST(MediaTypes.DOCKER_INDEX);

    private final String mediaType;

    Packing(String mediaType) {
      this.mediaType = mediaType;
    }
  }

  private record Node(LayerSource layer, int parent) {}

  private final Map<Node, Integer> nodes = new LinkedHashMap<>();
  private final List<Layer> layers = new ArrayList<>();
  private final Map<LayerSource, Descriptor> blobs = new LinkedHashMap<>();
  private final CacheDocument document;

  /**
   * Gathers results. Waits for layers that are being sealed.
   *
   * @throws IOException when a layer cannot be sealed
   */
  public CacheExport(List<CachedResults> results) throws IOException {
    this(results, List.of());
  }

  /**
   * The same with folders of cache mounts; those without layers are left out.
   *
   * @throws IOException when a layer cannot be sealed
   */
  public CacheExport(List<CachedResults> results, List<CachedMount> folders) throws IOException {
    Map<Digest, Entry> records = new LinkedHashMap<>();
    Set<Digest> markers = new LinkedHashSet<>();
    for (CachedResults result : results) {
      List<Integer> tops = new ArrayList<>();
      for (CachedResults.Chain chain : result.results()) {
        tops.add(top(chain));
      }
      result.marker().ifPresent(markers::add);
      if (!tops.isEmpty() || !result.contents().isEmpty()) {
        records.merge(result.key(), new Entry(tops, result.contents()), CacheExport::merged);
      }
    }
    List<CacheDocument.Mount> mounts = new ArrayList<>();
    for (CachedMount folder : folders) {
      int top = top(folder.contents());
      if (top != CacheDocument.EMPTY) {
        mounts.add(new CacheDocument.Mount(folder.id(), folder.initial(), top));
      }
    }
    document = new CacheDocument(0, layers, records, List.copyOf(markers), mounts);
  }

  /** What two solves know of one key: the results of either, and what both say of them. */
  private static Entry merged(Entry one, Entry other) {
    if (!one.results().isEmpty()
        && !other.results().isEmpty()
        && !one.results().equals(other.results())) {
      return one;
    }
    Set<CacheDocument.Content> contents = new LinkedHashSet<>(one.contents());
    contents.addAll(other.contents());
    return new Entry(
        one.results().isEmpty() ? other.results() : one.results(), List.copyOf(contents));
  }

  private int top(CachedResults.Chain chain) throws IOException {
    int at = CacheDocument.EMPTY;
    for (int i = 0; i < chain.layers().size(); i++) {
      Node node = new Node(chain.layers().get(i), at);
      Integer known = nodes.get(node);
      if (known == null) {
        known = add(node, chain.created().get(i));
      }
      at = known;
    }
    return at;
  }

  private int add(Node node, Instant created) throws IOException {
    Descriptor blob = blobs.get(node.layer());
    if (blob == null) {
      blob = descriptor(node.layer());
      blobs.put(node.layer(), blob);
    }
    layers.add(new Layer(blob.digest(), blob.digest(), node.parent(), Optional.of(created)));
    nodes.put(node, layers.size() - 1);
    return layers.size() - 1;
  }

  /** As an image names the layer, so that a result becomes the same image on every machine. */
  private static Descriptor descriptor(LayerSource layer) throws IOException {
    if (layer.existing().isPresent()) {
      Descriptor existing = layer.existing().get().descriptor();
      if (!OverlaybdAnnotations.isNative(existing)) {
        throw new IOException(
            existing.digest() + ": not an overlaybd layer, but " + existing.mediaType());
      }
      return existing;
    }
    SealedLayer sealed = layer.seal();
    Map<String, String> annotations = new LinkedHashMap<>(sealed.descriptor().annotations());
    annotations.putAll(
        OverlaybdAnnotations.of(
            sealed.descriptor().digest(), sealed.descriptor().size(), Optional.empty()));
    return sealed.descriptor().withMediaType(MediaTypes.OCI_LAYER).withAnnotations(annotations);
  }

  /** Whether there is no result with layers at all: such a cache is not worth storing. */
  public boolean isEmpty() {
    return layers.isEmpty();
  }

  /** What is exported. */
  CacheDocument document() {
    return document;
  }

  /**
   * Stores the cache; yields what names it.
   *
   * @throws IOException when something could not be stored; no name leads to what was stored then
   */
  public Descriptor store(CachePlace place, Packing packing, CacheStages stages)
      throws IOException {
    place.putLayers(List.copyOf(blobs.keySet()), stages);
    byte[] body = document.toJson();
    Descriptor config = Descriptor.of(CacheDocument.MEDIA_TYPE, body);
    try (CacheStages.Stage stage = stages.begin("writing config " + config.digest())) {
      place.putBlob(config, body);
    }
    List<Descriptor> unique = new ArrayList<>(new LinkedHashSet<>(blobs.values()));
    byte[] root = pack(packing, config, unique);
    Descriptor descriptor = Descriptor.of(packing.mediaType, root);
    String what = packing == Packing.IMAGE_MANIFEST ? "cache image manifest" : "cache manifest";
    try (CacheStages.Stage stage = stages.begin("writing " + what + " " + descriptor.digest())) {
      place.putRoot(descriptor, root);
    }
    return descriptor;
  }

  private static byte[] pack(Packing packing, Descriptor config, List<Descriptor> layers) {
    if (packing == Packing.IMAGE_MANIFEST) {
      return new Manifest(config, layers).toJson();
    }
    List<Descriptor> all = new ArrayList<>(layers);
    all.add(config);
    return new Index(packing.mediaType, all, Optional.empty(), Map.of(), Optional.empty()).toJson();
  }
}
