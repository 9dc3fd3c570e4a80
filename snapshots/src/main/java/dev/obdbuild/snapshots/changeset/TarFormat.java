package dev.obdbuild.snapshots.changeset;

import dev.obdbuild.oci.image.MediaTypes;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * How ordinary layers are written. Equal formats give equal bytes for equal files.
 *
 * @param level of gzip 0 to 9, of zstd 1 to 22; 0 without compression
 * @param epoch files that were modified later get this time; layers of a base image keep theirs
 * @param force layers of a base image that have another compression are recompressed, instead of
 *     being taken as they are
 */
public record TarFormat(
    Compression compression, int level, Optional<Instant> epoch, boolean force) {
  /** What the tar is compressed with. */
  public enum Compression {
    NONE(MediaTypes.OCI_LAYER, 0, 0),
    GZIP(MediaTypes.OCI_LAYER_GZIP, 0, 9),
    ZSTD(MediaTypes.OCI_LAYER_ZSTD, 1, 22);

    private final String mediaType;
    private final int lowest;
    private final int highest;

    Compression(String mediaType, int lowest, int highest) {
      this.mediaType = mediaType;
      this.lowest = lowest;
      this.highest = highest;
    }

    /** The media type of a layer so compressed, OCI's. */
    public String mediaType() {
      return mediaType;
    }

    /**
     * What a layer of that media type, OCI's or Docker's, is compressed with; empty if not known.
     */
    public static Optional<Compression> of(String type) {
      return switch (type) {
        case MediaTypes.OCI_LAYER, MediaTypes.DOCKER_LAYER -> Optional.of(NONE);
        case MediaTypes.OCI_LAYER_GZIP, MediaTypes.DOCKER_LAYER_GZIP -> Optional.of(GZIP);
        case MediaTypes.OCI_LAYER_ZSTD, DOCKER_ZSTD -> Optional.of(ZSTD);
        default -> Optional.empty();
      };
    }

    private static final String DOCKER_ZSTD = "application/vnd.docker.image.rootfs.diff.tar.zstd";
  }

  /** No compression. */
  public static final TarFormat UNCOMPRESSED = of(Compression.NONE, 0);

  /** What every runtime reads. */
  public static final TarFormat GZIP = of(Compression.GZIP, 6);

  public static final TarFormat ZSTD = of(Compression.ZSTD, 3);

  /**
   * @throws IllegalArgumentException if the compression has no such level
   */
  public TarFormat {
    if (level < compression.lowest || level > compression.highest) {
      throw new IllegalArgumentException(
          "%s has the levels %d to %d, not %d"
              .formatted(
                  compression.name().toLowerCase(Locale.ROOT),
                  compression.lowest,
                  compression.highest,
                  level));
    }
  }

  private static TarFormat of(Compression compression, int level) {
    return new TarFormat(compression, level, Optional.empty(), false);
  }

  /** The same at another level. */
  public TarFormat withLevel(int other) {
    return new TarFormat(compression, other, epoch, force);
  }

  /** The same with no file younger than {@code latest}. */
  public TarFormat withEpoch(Instant latest) {
    return new TarFormat(compression, level, Optional.of(latest), force);
  }

  /** The same for base layers too. */
  public TarFormat forced() {
    return new TarFormat(compression, level, epoch, true);
  }

  /** The text that names the bytes a layer computed from its files has in this format. */
  public String key() {
    String times = epoch.map(e -> " until " + e.getEpochSecond() + "." + e.getNano()).orElse("");
    return compressionKey() + times;
  }

  /** The text that names the bytes that a given tar has in this format. */
  public String compressionKey() {
    return compression.name().toLowerCase(Locale.ROOT) + ":" + level;
  }
}
