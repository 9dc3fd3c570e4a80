package dev.obdbuild.builder.cache;

import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.pusher.cache.CacheExport.Packing;
import java.util.Map;

/** Where a build exports its results to. */
public sealed interface CacheTarget {

  /**
   * How a cache of its own is written.
   *
   * @param max whether it holds every result, not only those that the build's result consists of
   * @param mounts whether it holds the cache mounts of the build's steps
   * @param ignoreError whether the build succeeds when this export fails
   */
  record Writing(boolean max, Packing packing, boolean mounts, boolean ignoreError) {}

  /**
   * A cache in a registry.
   *
   * @param insecure whether the registry may speak plain HTTP or have any certificate
   */
  record Registry(Reference reference, boolean insecure, Writing writing) implements CacheTarget {}

  /**
   * A cache in a folder of the client's.
   *
   * @param store id under which the client offers it, {@code local:DIR}
   */
  record Local(String store, Writing writing) implements CacheTarget {}

  /** Inside the exported images' configs. */
  record Inline() implements CacheTarget {}

  /**
   * The target that a client's option names.
   *
   * @throws IllegalArgumentException for a kind that there is not, or when an attribute is missing
   *     or wrong; says which
   */
  static CacheTarget parse(String type, Map<String, String> attributes) {
    CacheAttributes all = new CacheAttributes(type, attributes);
    return switch (type) {
      case "registry" -> new Registry(all.reference(), all.insecure(), writing(all));
      case "local" -> new Local("local:" + all.required("dest"), writing(all));
      case "inline" -> {
        if (all.mounts(false)) {
          throw new IllegalArgumentException(
              "cache type inline: mounts=true is not possible: an inline cache has no layers but"
                  + " its image's; use registry or local");
        }
        yield new Inline();
      }
      default -> throw CacheAttributes.unknownType(type);
    };
  }

  private static Writing writing(CacheAttributes all) {
    return new Writing(all.max(), all.packing(), all.mounts(false), all.ignoreError());
  }
}
