package dev.obdbuild.backstore.cache;

import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Blocks that were fetched and that no reader has had yet: what fetching ahead wastes. Thread-safe.
 */
final class UnreadBlocks {

  private final BitSet blocks = new BitSet();

  /** Looked at without the lock: most reads come when nothing is left unread. */
  private final AtomicInteger count = new AtomicInteger();

  /** From {@code first} to {@code last}, both included. */
  synchronized void fetched(int first, int last) {
    blocks.set(first, last + 1);
    count.set(blocks.cardinality());
  }

  void read(int first, int last) {
    if (count.get() > 0) {
      remove(first, last);
    }
  }

  private synchronized void remove(int first, int last) {
    int set = blocks.nextSetBit(first);
    if (set >= 0 && set <= last) {
      blocks.clear(first, last + 1);
      count.set(blocks.cardinality());
    }
  }

  int count() {
    return count.get();
  }
}
