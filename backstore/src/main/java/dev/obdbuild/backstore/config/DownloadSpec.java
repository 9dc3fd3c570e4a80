package dev.obdbuild.backstore.config;

import dev.obdbuild.oci.json.MalformedDocumentException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whether and how whole layers are brought here while they are being read.
 *
 * @param delay after the device is there
 * @param extraDelay at most so much more, at random
 * @param bytesPerSecond limit
 */
public record DownloadSpec(
    boolean enabled, Duration delay, Duration extraDelay, long bytesPerSecond) {
  private static final int DAY_SECONDS = 24 * 60 * 60;

  /** The original's, which are known but do not matter here. */
  private static final int TRIES = 5;

  private static final int BLOCK_BYTES = 256 << 10;

  static DownloadSpec read(Section in) throws MalformedDocumentException {
    return new DownloadSpec(
        in.flag("enable", false),
        Duration.ofSeconds(in.number("delay", 300, 0, 365 * DAY_SECONDS)),
        Duration.ofSeconds(in.number("delayExtra", 30, 0, 365 * DAY_SECONDS)),
        in.number("maxMBps", 100, 1, 1_000_000) << 20);
  }

  /** Keys without an effect that were given another value than the original's own. */
  static List<String> ignored(Section in) throws MalformedDocumentException {
    return Stream.of(
            in.number("tryCnt", TRIES, 1, 1000) == TRIES ? "" : "download.tryCnt",
            in.number("blockSize", BLOCK_BYTES, 4096, 64 << 20) == BLOCK_BYTES
                ? ""
                : "download.blockSize")
        .filter(key -> !key.isEmpty())
        .toList();
  }
}
