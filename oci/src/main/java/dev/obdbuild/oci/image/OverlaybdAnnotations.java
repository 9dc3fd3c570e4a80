package dev.obdbuild.oci.image;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The annotations by which overlaybd layers are known, on layer descriptors and as snapshot labels.
 */
public final class OverlaybdAnnotations {
  private static final String PREFIX = "containerd.io/snapshot/overlaybd/";

  /**
   * Digest of the blob itself; its presence with {@link #BLOB_SIZE} makes a layer an overlaybd
   * layer.
   */
  public static final String BLOB_DIGEST = PREFIX + "blob-digest";

  /** Size of the blob in bytes, decimal. */
  public static final String BLOB_SIZE = PREFIX + "blob-size";

  /** Filesystem inside, for example {@code ext4}. */
  public static final String FS_TYPE = PREFIX + "blob-fs-type";

  /** Version of the format, {@link #FORMAT_VERSION} for native layers. */
  public static final String VERSION = PREFIX + "version";

  /** {@code yes} on a top layer that holds only a prefetch trace. */
  public static final String ACCELERATION_LAYER = PREFIX + "acceleration-layer";

  /** Present on turboOCI meta layers, which point to an ordinary blob. */
  public static final String TURBO_TARGET_DIGEST = PREFIX + "turbo-oci/target-digest";

  /** Older name of {@link #TURBO_TARGET_DIGEST}. */
  public static final String FASTOCI_TARGET_DIGEST = PREFIX + "fastoci/target-digest";

  /** Version of native layers. */
  public static final String FORMAT_VERSION = "0.1.0";

  /**
   * What the system must have that an entry of an index is for, where the entry is the overlaybd
   * form of an ordinary one beside it: as other lazy formats say it.
   */
  public static final String FEATURE = "overlaybd.native.v1";

  private OverlaybdAnnotations() {}

  /** Whether an entry of an index is the overlaybd form of an ordinary one beside it. */
  static boolean isAlternative(Descriptor entry) {
    return entry.annotations().containsKey(VERSION)
        || entry.platform().filter(at -> at.osFeatures().contains(FEATURE)).isPresent();
  }

  /**
   * The annotations of a native layer whose blob is {@code digest} of {@code size} bytes.
   *
   * @param fsType filesystem inside, if it is to be told: on base layers
   */
  public static Map<String, String> of(Digest digest, long size, Optional<String> fsType) {
    Map<String, String> annotations = new LinkedHashMap<>();
    annotations.put(BLOB_DIGEST, digest.toString());
    annotations.put(BLOB_SIZE, Long.toString(size));
    annotations.put(VERSION, FORMAT_VERSION);
    fsType.ifPresent(type -> annotations.put(FS_TYPE, type));
    return annotations;
  }

  /** Whether {@code layer} is a native overlaybd layer that can be opened as a block layer. */
  public static boolean isNative(Descriptor layer) {
    Map<String, String> annotations = layer.annotations();
    return annotations.containsKey(BLOB_DIGEST)
        && annotations.containsKey(BLOB_SIZE)
        && !annotations.containsKey(TURBO_TARGET_DIGEST)
        && !annotations.containsKey(FASTOCI_TARGET_DIGEST)
        && !isAccelerationLayer(layer);
  }

  /** Whether {@code layer} holds only a prefetch trace; a build on such an image drops it. */
  public static boolean isAccelerationLayer(Descriptor layer) {
    return "yes".equals(layer.annotations().get(ACCELERATION_LAYER));
  }
}
