package dev.obdbuild.builder.cache;

import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.pusher.cache.CacheExport.Packing;
import java.util.Map;
import java.util.Optional;

/** The attributes of one cache option, as clients spell them. */
record CacheAttributes(String type, Map<String, String> values) {

  /** Kinds of caches that clients know and this builder does not have. */
  static IllegalArgumentException unknownType(String type) {
    return new IllegalArgumentException(
        switch (type) {
          case "gha", "s3", "azblob" ->
              "cache type " + type + " is not supported yet: use registry, local or inline";
          default -> "unknown cache type '" + type + "': registry, local or inline";
        });
  }

  String required(String key) {
    return optional(key)
        .orElseThrow(
            () ->
                new IllegalArgumentException("cache type " + type + " needs the attribute " + key));
  }

  Optional<String> optional(String key) {
    return Optional.ofNullable(values.get(key)).filter(value -> !value.isEmpty());
  }

  boolean bool(String key, boolean otherwise) {
    return switch (values.getOrDefault(key, "")) {
      case "" -> otherwise;
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default ->
          throw new IllegalArgumentException(
              "cache type " + type + ": " + key + "=" + values.get(key) + " is not true or false");
    };
  }

  Reference reference() {
    return Reference.parse(required("ref"));
  }

  /** Whether the registry may speak plain HTTP or have any certificate. */
  boolean insecure() {
    return bool("registry.insecure", false);
  }

  /** Whether all results are exported, not only those that the build's result consists of. */
  boolean max() {
    return switch (values.getOrDefault("mode", "min")) {
      case "min" -> false;
      case "max" -> true;
      default ->
          throw new IllegalArgumentException(
              "cache type " + type + ": mode=" + values.get("mode") + " is not min or max");
    };
  }

  Packing packing() {
    boolean oci = bool("oci-mediatypes", true);
    boolean image = bool("image-manifest", oci);
    if (image && !oci) {
      throw new IllegalArgumentException(
          "cache type " + type + ": image-manifest=true needs oci-mediatypes=true");
    }
    String compression = Optional.ofNullable(values.get("compression")).orElse("overlaybd");
    if (!compression.equals("overlaybd")) {
      throw new IllegalArgumentException(
          "cache type "
              + type
              + ": compression="
              + compression
              + " is not possible: caches hold overlaybd layers");
    }
    if (image) {
      return Packing.IMAGE_MANIFEST;
    }
    return oci ? Packing.OCI_INDEX : Packing.DOCKER_LIST;
  }

  /** Whether cache mounts are part of it: an extension of ours. */
  boolean mounts(boolean otherwise) {
    return bool("mounts", otherwise);
  }

  boolean ignoreError() {
    return bool("ignore-error", false);
  }
}
