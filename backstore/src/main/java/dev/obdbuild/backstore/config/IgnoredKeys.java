package dev.obdbuild.backstore.config;

import dev.obdbuild.oci.json.MalformedDocumentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keys of an {@code overlaybd.json} that mean nothing here, although whoever wrote it may count on
 * them: those that were given another value than the original's own.
 */
final class IgnoredKeys {
  private static final Set<String> CACHE_TYPES = Set.of("", "file", "ocf");
  private static final int REFILL_BYTES = 256 << 10;
  private static final int OCF_BLOCK_BYTES = 64 << 10;

  private IgnoredKeys() {}

  /** One line that names them; nothing where there are none. */
  static Optional<String> told(Section top, String name) throws MalformedDocumentException {
    List<String> keys = new ArrayList<>();
    add(keys, "ioEngine", top.number("ioEngine", 0, 0, 2) != 0);
    add(keys, "enableThread", top.flag("enableThread", false));
    add(keys, "gzipCacheConfig.enable", top.section("gzipCacheConfig").flag("enable", false));
    add(keys, "serviceConfig.enable", top.section("serviceConfig").flag("enable", false));
    Section cache = top.section("cacheConfig");
    add(keys, "cacheConfig.cacheType", !CACHE_TYPES.contains(cache.text("cacheType")));
    add(
        keys,
        "cacheConfig.refillSize",
        cache.number("refillSize", REFILL_BYTES, 0, Long.MAX_VALUE) != REFILL_BYTES);
    add(
        keys,
        "cacheConfig.blockSize",
        cache.number("blockSize", OCF_BLOCK_BYTES, 0, Long.MAX_VALUE) != OCF_BLOCK_BYTES);
    keys.addAll(DownloadSpec.ignored(top.section("download")));
    return keys.isEmpty()
        ? Optional.empty()
        : Optional.of(name + ": without effect here: " + String.join(", ", keys));
  }

  private static void add(List<String> keys, String key, boolean said) {
    if (said) {
      keys.add(key);
    }
  }
}
