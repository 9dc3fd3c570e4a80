package dev.obdbuild.builder.config;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One {@code --cache-from} or {@code --cache-to}.
 *
 * @param type {@code registry}, {@code local} or {@code inline}
 */
public record CacheSpec(String type, SortedMap<String, String> attrs) {

  public CacheSpec {
    attrs = FlagFields.copy(attrs);
  }

  /**
   * Reads {@code type=TYPE[,KEY=VALUE...]} or names of images, for caches in a registry.
   *
   * @throws IllegalArgumentException naming the flag, for anything else
   */
  public static List<CacheSpec> parse(String flag, String text) {
    List<String> fields = FlagFields.split(flag, text);
    if (!text.contains("=")) {
      return fields.stream()
          .map(ref -> new CacheSpec("registry", new TreeMap<>(java.util.Map.of("ref", ref))))
          .toList();
    }
    SortedMap<String, String> pairs = FlagFields.pairs(flag, fields);
    String type = pairs.remove("type");
    if (type == null || type.isEmpty()) {
      throw new IllegalArgumentException(flag + ": type required for \"" + text + "\"");
    }
    return List.of(new CacheSpec(type, pairs));
  }
}
