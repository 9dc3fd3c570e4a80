package dev.obdbuild.backstore.config;

import dev.obdbuild.oci.json.MalformedDocumentException;
import java.time.Duration;

/**
 * Whether and how whole layers are brought here while they are being read.
 *
 * @param delay after the device is there
 * @param extraDelay at most so much more, at random
 * @param bytesPerSecond limit
 * @param attempts for one layer
 * @param blockBytes of one request
 */
public record DownloadSpec(
    boolean enabled,
    Duration delay,
    Duration extraDelay,
    long bytesPerSecond,
    int attempts,
    int blockBytes) {
  private static final int DAY_SECONDS = 24 * 60 * 60;

  static DownloadSpec read(Section in) throws MalformedDocumentException {
    return new DownloadSpec(
        in.flag("enable", false),
        Duration.ofSeconds(in.number("delay", 300, 0, 365 * DAY_SECONDS)),
        Duration.ofSeconds(in.number("delayExtra", 30, 0, 365 * DAY_SECONDS)),
        in.number("maxMBps", 100, 1, 1_000_000) << 20,
        (int) in.number("tryCnt", 5, 1, 1000),
        (int) in.number("blockSize", 256 << 10, 4096, 64 << 20));
  }
}
