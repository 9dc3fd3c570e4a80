package dev.obdbuild.worker.content;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A hash table from 16 bytes to 32, with open addressing: 96 bytes for each entry and nothing else.
 * Not thread-safe.
 */
final class DigestTable {
  private static final int WORDS = 6;

  private long[] slots;
  private int size;

  /**
   * @param expected entries, for which it need not grow
   */
  DigestTable(int expected) {
    int least = Math.max(512, expected);
    slots = new long[Math.multiplyExact(WORDS * 4, Integer.highestOneBit(least))];
  }

  int size() {
    return size;
  }

  /**
   * The slot of the key, or the free one where it would go. All-zero keys stand for free slots and
   * are never stored.
   */
  private int slot(long high, long low) {
    int mask = slots.length / WORDS - 1;
    int at = (int) (high ^ low) & mask;
    while (slots[at * WORDS] != 0 || slots[at * WORDS + 1] != 0) {
      if (slots[at * WORDS] == high && slots[at * WORDS + 1] == low) {
        break;
      }
      at = (at + 1) & mask;
    }
    return at * WORDS;
  }

  byte @Nullable [] find(long high, long low) {
    int at = slot(high, low);
    if (slots[at] == 0 && slots[at + 1] == 0) {
      return null;
    }
    ByteBuffer value = ByteBuffer.allocate(32);
    for (int i = 2; i < WORDS; i++) {
      value.putLong(slots[at + i]);
    }
    return value.array();
  }

  void put(long high, long low, ByteBuffer value) {
    if (high == 0 && low == 0) {
      return;
    }
    if (size * 2 * WORDS >= slots.length) {
      grow();
    }
    int at = slot(high, low);
    if (slots[at] == 0 && slots[at + 1] == 0) {
      size++;
    }
    slots[at] = high;
    slots[at + 1] = low;
    for (int i = 2; i < WORDS; i++) {
      slots[at + i] = value.getLong();
    }
  }

  private void grow() {
    long[] old = slots;
    slots = new long[old.length * 2];
    for (int from = 0; from < old.length; from += WORDS) {
      if (old[from] != 0 || old[from + 1] != 0) {
        System.arraycopy(old, from, slots, slot(old[from], old[from + 1]), WORDS);
      }
    }
  }
}
