package dev.obdbuild.builder.request;

import dev.obdbuild.builder.build.CacheEntry;
import dev.obdbuild.builder.config.CacheSpec;
import dev.obdbuild.oci.content.LayoutFolder;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns caches as the user wrote them into entries and the folders that they lie in. */
final class CachePlan {

  private static final String MANIFEST = "cache.manifest";

  private final Opened opened;
  private final List<Named> written = new ArrayList<>();

  /** A layout that gets a cache, and the cache's name in it. */
  private record Named(Path folder, String tag) {}

  CachePlan(Opened opened) {
    this.opened = opened;
  }

  /** A local cache that is not there yet is left out, so that a first build may name it. */
  List<CacheEntry> imports(List<CacheSpec> specs) throws IOException {
    List<CacheEntry> entries = new ArrayList<>();
    for (CacheSpec spec : specs) {
      SortedMap<String, String> attrs = new TreeMap<>(spec.attrs());
      if (spec.type().equals("local")) {
        Path folder = Path.of(required(spec, "src"));
        if (!attrs.containsKey("digest")) {
          if (!java.nio.file.Files.exists(folder.resolve("index.json"))) {
            System.err.println("warning: --cache-from: there is no cache in " + folder + " yet");
            continue;
          }
          String tag = attrs.getOrDefault("tag", "latest");
          attrs.put("digest", new LayoutIndex(folder).find(tag).digest().toString());
        }
        opened.stores.put("local:" + folder, new LayoutFolder(folder));
      }
      entries.add(new CacheEntry(spec.type(), attrs));
    }
    return entries;
  }

  List<CacheEntry> exports(List<CacheSpec> specs) {
    List<CacheEntry> entries = new ArrayList<>();
    for (CacheSpec spec : specs) {
      if (spec.type().equals("local")) {
        Path folder = Path.of(required(spec, "dest"));
        opened.stores.put("local:" + folder, new LayoutFolder(folder));
        written.add(new Named(folder, spec.attrs().getOrDefault("tag", "latest")));
      }
      entries.add(new CacheEntry(spec.type(), spec.attrs()));
    }
    return entries;
  }

  private static String required(CacheSpec spec, String key) {
    @Nullable String value = spec.attrs().get(key);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException("cache type local needs the attribute " + key);
    }
    return value;
  }

  /** Names the caches that were written. */
  void finish(Map<String, String> response) throws IOException {
    @Nullable String manifest = response.get(MANIFEST);
    if (manifest == null) {
      return;
    }
    Descriptor descriptor =
        Descriptor.read(JsonReader.parse(manifest.getBytes(StandardCharsets.UTF_8), MANIFEST));
    for (Named cache : written) {
      new LayoutIndex(cache.folder()).put(descriptor, List.of(cache.tag()));
    }
  }
}
