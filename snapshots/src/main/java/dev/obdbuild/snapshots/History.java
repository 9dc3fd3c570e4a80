package dev.obdbuild.snapshots;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is known of when filesystems parted. */
final class History {
  /** How far a file's times may lag behind the clock: a tick of the slowest kernel, and some. */
  private static final Duration CLOCK_LAG = Duration.ofMillis(100);

  private History() {}

  /** The moment before which nothing was changed that came after {@code made}. */
  static Instant before(Instant made) {
    return made.minus(CLOCK_LAG);
  }

  /** The moment up to which both are the same filesystem. */
  static Optional<Instant> common(StoredSnapshot left, StoredSnapshot right) {
    List<StoredLayer> lefts = left.stored();
    List<StoredLayer> rights = right.stored();
    int shared = 0;
    while (shared < Math.min(lefts.size(), rights.size())
        && lefts.get(shared).equals(rights.get(shared))) {
      shared++;
    }
    // A layer from elsewhere may hold changes older than our record of what it stands on.
    if (shared == 0 || anyFromElsewhere(lefts, shared) || anyFromElsewhere(rights, shared)) {
      return Optional.empty();
    }
    return Optional.of(before(left.layerTimes().get(shared - 1)));
  }

  private static boolean anyFromElsewhere(List<StoredLayer> layers, int from) {
    return layers.subList(from, layers.size()).stream()
        .anyMatch(layer -> layer.existing().isPresent());
  }
}
