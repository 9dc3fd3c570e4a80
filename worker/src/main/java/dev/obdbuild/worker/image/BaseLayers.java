package dev.obdbuild.worker.image;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import dev.obdbuild.snapshots.ImageBase;
import dev.obdbuild.snapshots.LayerPlace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** What of an image's layers is its filesystem. */
final class BaseLayers {
  private BaseLayers() {}

  /** Whether all of an image's filesystem is overlaybd layers. */
  static boolean isNative(Manifest manifest) {
    List<Descriptor> layers =
        manifest.layers().stream()
            .filter(layer -> !OverlaybdAnnotations.isAccelerationLayer(layer))
            .toList();
    return !layers.isEmpty() && layers.stream().allMatch(OverlaybdAnnotations::isNative);
  }

  /**
   * The base that manifest and config describe.
   *
   * @param limit how many layers to take, from the bottom
   */
  static ImageBase of(
      String name, Manifest manifest, ImageConfig config, LayerPlace place, OptionalInt limit)
      throws IOException {
    if (manifest.layers().size() != config.diffIds().size()) {
      throw new IOException(
          name
              + ": the manifest has "
              + manifest.layers().size()
              + " layers, the config "
              + config.diffIds().size()
              + " diff ids");
    }
    List<Descriptor> layers = new ArrayList<>();
    List<Digest> diffIds = new ArrayList<>();
    for (int i = 0; i < manifest.layers().size(); i++) {
      // A layer that only says what to prefetch is no part of the filesystem.
      if (!OverlaybdAnnotations.isAccelerationLayer(manifest.layers().get(i))) {
        layers.add(manifest.layers().get(i));
        diffIds.add(config.diffIds().get(i));
      }
    }
    int count = limit.orElse(layers.size());
    if (count > layers.size()) {
      throw new IOException(
          name
              + ": layer limit "
              + count
              + " is greater than the number of layers in the image "
              + layers.size());
    }
    return new ImageBase(name, layers.subList(0, count), diffIds.subList(0, count), place);
  }
}
