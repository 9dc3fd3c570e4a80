package dev.obdbuild.pusher.cache;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Rfc3339;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a cache knows: which results belong to which keys, and of which layers they consist; and
 * what cache mounts held.
 *
 * @param imageLayers of an inline cache: how many layers its image has, which stand for {@link
 *     #layers}; 0 otherwise
 * @param layers a forest: each layer stands on one before it, or on nothing
 * @param records by key
 * @param markers operations over by-key inputs that were carried out: where a build meets one of
 *     them it looks for what stands on it before it makes its inputs
 * @param mounts folders of cache mounts
 */
public record CacheDocument(
    int imageLayers,
    List<Layer> layers,
    Map<Digest, Entry> records,
    List<Digest> markers,
    List<Mount> mounts) {

  /** Media type of the document as a config blob. */
  public static final String MEDIA_TYPE = "application/vnd.obdbuild.cacheconfig.v1+json";

  /** What a result without layers stands on: the empty filesystem. */
  public static final int EMPTY = -1;

  private static final int VERSION = 1;
  private static final int MAX_ENTRIES = 100_000;
  private static final int MAX_DEPTH = 1000;

  /** Ids are paths, mostly. */
  private static final int MAX_ID = 4096;

  /**
   * A layer over those below it.
   *
   * @param parent index of the layer below, or {@link #EMPTY}
   * @param created when its step made it
   */
  public record Layer(Digest blob, Digest diffId, int parent, Optional<Instant> created) {}

  /**
   * What a part of a result holds.
   *
   * @param output which of the results
   * @param part names it
   */
  public record Content(int output, Digest part, Digest digest) {}

  /**
   * What is known of a key.
   *
   * @param results index of the top layer of each result, or {@link #EMPTY}; none at all when only
   *     contents are known
   */
  public record Entry(List<Integer> results, List<Content> contents) {
    public Entry {
      results = List.copyOf(results);
      contents = List.copyOf(contents);
    }
  }

  /**
   * The folder of a cache mount.
   *
   * @param id as steps name it
   * @param initial digest of what the folder started with; empty when it started empty
   * @param top index of its top layer
   */
  public record Mount(String id, Optional<Digest> initial, int top) {}

  public CacheDocument {
    layers = List.copyOf(layers);
    records = Collections.unmodifiableMap(new LinkedHashMap<>(records));
    markers = List.copyOf(markers);
    mounts = List.copyOf(mounts);
  }

  /** A document without cache mounts. */
  public CacheDocument(
      int imageLayers, List<Layer> layers, Map<Digest, Entry> records, List<Digest> markers) {
    this(imageLayers, layers, records, markers, List.of());
  }

  /** Indices of a result's layers, bottom first. */
  public List<Integer> chain(int top) {
    List<Integer> chain = new ArrayList<>();
    for (int at = top; at != EMPTY; at = layers.get(at).parent()) {
      chain.addFirst(at);
    }
    return chain;
  }

  /**
   * Its JSON.
   *
   * @throws IOException when it has more bytes than its readers accept
   */
  public byte[] toJson() throws IOException {
    List<JsonWriter> layerList = new ArrayList<>();
    for (Layer layer : layers) {
      layerList.add(
          new JsonWriter()
              .always("blob", layer.blob().toString())
              .string(
                  "diffID", layer.diffId().equals(layer.blob()) ? "" : layer.diffId().toString())
              .alwaysInteger("parent", layer.parent())
              .string("created", layer.created().map(Rfc3339::format).orElse("")));
    }
    List<JsonWriter> recordList = new ArrayList<>();
    records.forEach(
        (key, entry) -> {
          JsonWriter json = new JsonWriter().always("key", key.toString());
          if (!entry.results().isEmpty()) {
            json.objects(
                "results",
                entry.results().stream()
                    .map(top -> new JsonWriter().alwaysInteger("layer", top))
                    .toList());
          }
          if (!entry.contents().isEmpty()) {
            json.objects("contents", entry.contents().stream().map(CacheDocument::write).toList());
          }
          recordList.add(json);
        });
    JsonWriter json =
        new JsonWriter()
            .alwaysInteger("version", VERSION)
            .integer("imageLayers", imageLayers)
            .objects("layers", layerList)
            .objects("records", recordList)
            .alwaysStrings("markers", markers.stream().map(Digest::toString).toList());
    if (!mounts.isEmpty()) {
      json.objects("mounts", mounts.stream().map(CacheDocument::write).toList());
    }
    byte[] bytes = json.toBytes();
    if (bytes.length > JsonReader.MAX_BYTES) {
      throw new IOException(
          "the cache's document has %d bytes for %d records, the limit is %d"
              .formatted(bytes.length, records.size(), JsonReader.MAX_BYTES));
    }
    return bytes;
  }

  private static JsonWriter write(Mount mount) {
    return new JsonWriter()
        .always("id", mount.id())
        .string("initial", mount.initial().map(Digest::toString).orElse(""))
        .alwaysInteger("layer", mount.top());
  }

  private static JsonWriter write(Content content) {
    return new JsonWriter()
        .integer("output", content.output())
        .always("part", content.part().toString())
        .always("digest", content.digest().toString());
  }

  /**
   * Reads a document.
   *
   * @param name names it in errors
   * @throws MalformedDocumentException if it is none, of another version, or contradicts itself
   */
  public static CacheDocument parse(byte[] body, String name) throws MalformedDocumentException {
    JsonReader json = JsonReader.parse(body, name);
    long version = json.integer("version", 0);
    if (version != VERSION) {
      throw json.malformed("a build cache of version " + VERSION + " was expected, is " + version);
    }
    int imageLayers = index(json, "imageLayers", 0, 0, MAX_DEPTH);
    List<Layer> layers = layers(json);
    int tops = imageLayers > 0 ? imageLayers : layers.size();
    Map<Digest, Entry> records = new LinkedHashMap<>();
    for (JsonReader entry : bounded(json, "records")) {
      List<Integer> results = new ArrayList<>();
      for (JsonReader result : entry.objects("results")) {
        results.add(index(result, "layer", EMPTY, EMPTY, tops - 1));
      }
      List<Content> contents = new ArrayList<>();
      for (JsonReader content : entry.objects("contents")) {
        contents.add(
            new Content(
                index(content, "output", 0, 0, MAX_ENTRIES),
                digest(content, "part"),
                digest(content, "digest")));
      }
      records.put(digest(entry, "key"), new Entry(results, contents));
    }
    List<Digest> markers = new ArrayList<>();
    for (String marker : json.strings("markers")) {
      markers.add(digest(json, "markers", marker));
    }
    return new CacheDocument(imageLayers, layers, records, markers, mounts(json, layers.size()));
  }

  private static List<Mount> mounts(JsonReader json, int layers) throws MalformedDocumentException {
    List<Mount> mounts = new ArrayList<>();
    for (JsonReader mount : bounded(json, "mounts")) {
      String id = mount.string("id");
      if (id.length() > MAX_ID) {
        throw mount.malformed(mount.where("id") + " has more than " + MAX_ID + " characters");
      }
      for (String key : List.of("id", "layer")) {
        if (!mount.has(key)) {
          throw mount.malformed(mount.where(key) + " is missing");
        }
      }
      mounts.add(
          new Mount(
              id,
              mount.has("initial") ? Optional.of(digest(mount, "initial")) : Optional.empty(),
              index(mount, "layer", 0, 0, layers - 1)));
    }
    return mounts;
  }

  private static List<Layer> layers(JsonReader json) throws MalformedDocumentException {
    List<Layer> layers = new ArrayList<>();
    List<Integer> depths = new ArrayList<>();
    for (JsonReader layer : bounded(json, "layers")) {
      int parent = index(layer, "parent", EMPTY, EMPTY, layers.size() - 1);
      int depth = parent == EMPTY ? 1 : depths.get(parent) + 1;
      if (depth > MAX_DEPTH) {
        throw layer.malformed(layer.where("parent") + ": more than " + MAX_DEPTH + " layers");
      }
      depths.add(depth);
      Digest blob = digest(layer, "blob");
      layers.add(
          new Layer(
              blob, layer.has("diffID") ? digest(layer, "diffID") : blob, parent, created(layer)));
    }
    return layers;
  }

  private static Optional<Instant> created(JsonReader layer) throws MalformedDocumentException {
    String text = layer.string("created");
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Rfc3339.parse(text));
    } catch (IllegalArgumentException e) {
      throw layer.malformed(layer.where("created") + ": " + e.getMessage());
    }
  }

  private static List<JsonReader> bounded(JsonReader json, String key)
      throws MalformedDocumentException {
    List<JsonReader> objects = json.objects(key);
    if (objects.size() > MAX_ENTRIES) {
      throw json.malformed(json.where(key) + " has more than " + MAX_ENTRIES + " entries");
    }
    return objects;
  }

  private static int index(JsonReader json, String key, int otherwise, int least, int most)
      throws MalformedDocumentException {
    long value = json.integer(key, otherwise);
    if (value < least || value > most) {
      throw json.malformed(
          json.where(key) + " is " + value + ", should be from " + least + " to " + most);
    }
    return (int) value;
  }

  private static Digest digest(JsonReader json, String key) throws MalformedDocumentException {
    return digest(json, key, json.requiredString(key));
  }

  private static Digest digest(JsonReader json, String key, String text)
      throws MalformedDocumentException {
    try {
      return Digest.parse(text);
    } catch (IllegalArgumentException e) {
      throw json.malformed(json.where(key) + ": " + e.getMessage());
    }
  }
}
