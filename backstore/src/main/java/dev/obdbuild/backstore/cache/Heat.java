package dev.obdbuild.backstore.cache;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When and how often each extent of a blob was used: one number an extent, milliseconds since 1970
 * of the last use in the upper 56 bits, visits in the lower 8. Thread-safe.
 */
final class Heat {

  /** More visits than this make an extent no hotter, so that old fame ends. */
  private static final int MAX_VISITS = 16;

  /** Uses that follow each other faster are one visit. */
  private static final long VISIT_MILLIS = 1000;

  private final AtomicLongArray extents;

  Heat(int extents) {
    this.extents = new AtomicLongArray(extents);
  }

  int extents() {
    return extents.length();
  }

  /** Takes note that extents from {@code first} to {@code last} are used now. */
  void touch(int first, int last, long nowMillis) {
    for (int e = first; e <= last; e++) {
      long old = extents.get(e);
      long since = nowMillis - (old >>> 8);
      long before = old & 0xff;
      boolean another = before == 0 || since >= VISIT_MILLIS;
      long visits = Math.min(before + (another ? 1 : 0), MAX_VISITS);
      if (since != 0 || another) {
        // Lost to another reader of the same moment: that one has said the same.
        extents.compareAndSet(e, old, nowMillis << 8 | visits);
      }
    }
  }

  /** Takes note that extents have blocks since now, which is no use of them. */
  void arrive(int first, int last, long nowMillis) {
    for (int e = first; e <= last; e++) {
      long old = extents.get(e);
      if (nowMillis > old >>> 8) {
        extents.compareAndSet(
            e, old, nowMillis << 8 | (old & 0xff)); // lost to a use: that one says more
      }
    }
  }

  /** Whether somebody came back to it. */
  boolean usedAgain(int extent) {
    return (extents.get(extent) & 0xff) > 1;
  }

  /** Milliseconds since the last use by visit: what is highest is to go first. */
  long coldness(int extent, long nowMillis) {
    long packed = extents.get(extent);
    long age = Math.max(nowMillis - (packed >>> 8), 0) + VISIT_MILLIS;
    return age / Math.max(packed & 0xff, 1);
  }

  long packed(int extent) {
    return extents.get(extent);
  }

  /** Takes over what another process has seen: the later use, the greater number of visits. */
  void merge(int extent, long packed) {
    extents.accumulateAndGet(
        extent,
        packed,
        (a, b) -> Math.max(a >>> 8, b >>> 8) << 8 | Math.clamp(b & 0xff, a & 0xff, MAX_VISITS));
  }
}
