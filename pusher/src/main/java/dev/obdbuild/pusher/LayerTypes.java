package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.MediaTypes;
import java.util.List;

/** Media types of ordinary layers: each has a form of OCI's and one of Docker's. */
final class LayerTypes {

  private static final String OCI_FOREIGN =
      "application/vnd.oci.image.layer.nondistributable.v1.tar";
  private static final String DOCKER_FOREIGN =
      "application/vnd.docker.image.rootfs.foreign.diff.tar";

  private record Pair(String oci, String docker) {}

  private static final List<Pair> PAIRS =
      List.of(
          new Pair(MediaTypes.OCI_LAYER, MediaTypes.DOCKER_LAYER),
          new Pair(MediaTypes.OCI_LAYER_GZIP, MediaTypes.DOCKER_LAYER_GZIP),
          new Pair(MediaTypes.OCI_LAYER_ZSTD, MediaTypes.DOCKER_LAYER + ".zstd"),
          new Pair(OCI_FOREIGN, DOCKER_FOREIGN),
          new Pair(OCI_FOREIGN + "+gzip", DOCKER_FOREIGN + ".gzip"));

  private LayerTypes() {}

  /** The form that an image of {@code world} has; a type that is not known stays. */
  static String of(String mediaType, World world) {
    for (Pair pair : PAIRS) {
      if (mediaType.equals(pair.oci) || mediaType.equals(pair.docker)) {
        return world == World.DOCKER ? pair.docker : pair.oci;
      }
    }
    return mediaType;
  }

  /** Whether the layer must not be put into registries. */
  static boolean foreign(String mediaType) {
    return mediaType.startsWith(OCI_FOREIGN) || mediaType.startsWith(DOCKER_FOREIGN);
  }

  /** The type of a layer that may be distributed. */
  static String distributable(String mediaType) {
    return mediaType
        .replace(OCI_FOREIGN, MediaTypes.OCI_LAYER)
        .replace(DOCKER_FOREIGN, MediaTypes.DOCKER_LAYER);
  }
}
