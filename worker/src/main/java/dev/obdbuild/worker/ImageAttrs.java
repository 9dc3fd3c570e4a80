package dev.obdbuild.worker;

import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.solver.CacheMap;
import dev.obdbuild.worker.image.ResolveMode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What the attributes of an image source say. */
record ImageAttrs(ResolveMode mode, OptionalInt layerLimit, Optional<Digest> checksum) {

  private static final Set<String> RECORD_TYPES = Set.of("", "regular", "internal", "frontend");

  /** Those of a {@code docker-image://}. */
  static ImageAttrs ofRegistry(SourceOp op) throws IOException {
    String type = op.attrs().getOrDefault(SourceAttr.IMAGE_RECORD_TYPE, "");
    if (!RECORD_TYPES.contains(type)) {
      throw new IOException(op.identifier() + ": invalid record type " + type);
    }
    String checksum = op.attrs().getOrDefault(SourceAttr.IMAGE_CHECKSUM, "");
    try {
      return new ImageAttrs(
          ResolveMode.parse(op.attrs().getOrDefault(SourceAttr.IMAGE_RESOLVE_MODE, "")),
          limit(op, SourceAttr.IMAGE_LAYER_LIMIT),
          checksum.isEmpty() ? Optional.empty() : Optional.of(Digest.parse(checksum)));
    } catch (IllegalArgumentException e) {
      throw new IOException(op.identifier() + ": " + e.getMessage(), e);
    }
  }

  /** Those of an {@code oci-layout://}. */
  static ImageAttrs ofLayout(SourceOp op) throws IOException {
    return new ImageAttrs(
        ResolveMode.PULL, limit(op, SourceAttr.OCI_LAYER_LIMIT), Optional.empty());
  }

  private static OptionalInt limit(SourceOp op, String attribute) throws IOException {
    String text = op.attrs().getOrDefault(attribute, "");
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    try {
      int limit = Integer.parseInt(text);
      if (limit > 0) {
        return OptionalInt.of(limit);
      }
    } catch (NumberFormatException e) {
      throw new IOException(op.identifier() + ": invalid layer limit " + text, e);
    }
    throw new IOException(op.identifier() + ": invalid layer limit " + text);
  }

  /** The key of the image with that digest: wherever its bytes lie, they are the same. */
  CacheMap<WorkerResult> key(Digest digest, Platform platform) {
    OpKey key =
        new OpKey("image", 1)
            .add("digest", digest.toString())
            .add("platform", platform.normalised().format());
    layerLimit.ifPresent(limit -> key.add("layers", limit));
    return CacheMap.of(key.digest(), List.of());
  }
}
