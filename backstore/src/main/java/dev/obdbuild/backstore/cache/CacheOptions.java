package dev.obdbuild.backstore.cache;

import java.time.Duration;
import java.util.Optional;

/**
 * How a block cache works.
 *
 * @param maxBytes bound of what is kept on disk by all processes together; each may be over it by a
 *     sixteenth for a moment
 * @param download whether blobs are fetched whole while they are open
 */
public record CacheOptions(long maxBytes, Optional<Download> download) {

  /**
   * Blobs in use are completed in the background, hottest first, one at a time, as long as nothing
   * else is fetched.
   *
   * @param bytesPerSecond at most
   * @param delay from the opening of a blob on
   */
  public record Download(long bytesPerSecond, Duration delay) {
    public Download {
      if (bytesPerSecond <= 0 || delay.isNegative()) {
        throw new IllegalArgumentException(
            "download of " + bytesPerSecond + " bytes/s after " + delay);
      }
    }
  }

  /** A cache that fetches only what is read, and a little ahead of it. */
  public static CacheOptions of(long maxBytes) {
    return new CacheOptions(maxBytes, Optional.empty());
  }

  /** The same, with background downloads. */
  public CacheOptions withDownload(Download changed) {
    return new CacheOptions(maxBytes, Optional.of(changed));
  }
}
