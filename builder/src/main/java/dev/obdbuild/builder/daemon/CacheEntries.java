package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.build.CacheEntry;
import dev.obdbuild.protos.control.CacheOptions;
import dev.obdbuild.protos.control.CacheOptionsEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Caches as the messages name them, today's form and the one before. */
final class CacheEntries {

  private CacheEntries() {}

  /** Caches to look into. */
  static List<CacheEntry> imports(CacheOptions options) {
    List<CacheEntry> entries = new ArrayList<>(of(options.getImportsList()));
    if (entries.isEmpty()) {
      for (String ref : options.getImportRefsDeprecatedList()) {
        entries.add(registry(ref, new TreeMap<>()));
      }
    }
    return entries;
  }

  /** Caches to leave behind. */
  static List<CacheEntry> exports(CacheOptions options) {
    List<CacheEntry> entries = new ArrayList<>(of(options.getExportsList()));
    if (entries.isEmpty() && !options.getExportRefDeprecated().isEmpty()) {
      entries.add(
          registry(
              options.getExportRefDeprecated(),
              new TreeMap<>(options.getExportAttrsDeprecatedMap())));
    }
    return entries;
  }

  private static CacheEntry registry(String ref, TreeMap<String, String> attrs) {
    attrs.put("ref", ref);
    return new CacheEntry("registry", attrs);
  }

  private static List<CacheEntry> of(List<CacheOptionsEntry> entries) {
    return entries.stream()
        .map(entry -> new CacheEntry(entry.getType(), new TreeMap<>(entry.getAttrsMap())))
        .toList();
  }
}
