package dev.obdbuild.backstore.tcmu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** The kernel's end of a ring, in plain memory: puts entries in and looks at responses. */
public final class KernelRing {
  public static final int RING = 128;
  public static final int RING_SIZE = 1024;
  public static final int DATA = RING + RING_SIZE;
  public static final int SIZE = DATA + 4096;

  private final MemorySegment map = Arena.ofAuto().allocate(SIZE, 8);
  private int seen;

  /** A part of the data area. */
  public record Vector(long offset, long length) {}

  public KernelRing(int flags) {
    map.set(ValueLayout.JAVA_SHORT, 0, (short) 2);
    map.set(ValueLayout.JAVA_SHORT, 2, (short) flags);
    map.set(ValueLayout.JAVA_INT, 4, RING);
    map.set(ValueLayout.JAVA_INT, 8, RING_SIZE);
  }

  public MemorySegment map() {
    return map;
  }

  int head() {
    return map.get(ValueLayout.JAVA_INT, 12);
  }

  int tail() {
    return map.get(ValueLayout.JAVA_INT, 64);
  }

  void head(int head) {
    map.set(ValueLayout.JAVA_INT, 12, head);
  }

  /** Puts an entry of some kind at the head. @return where it is in the map */
  long entry(int kind, int length) {
    int at = head();
    map.asSlice(RING + (long) at, length).fill((byte) 0);
    map.set(ValueLayout.JAVA_INT, RING + (long) at, length | kind);
    head((at + length) % RING_SIZE);
    return RING + (long) at;
  }

  /** Puts a command in, behind padding if it would reach across the end. */
  public long command(int id, byte[] cdb, Vector... vectors) {
    int block = Math.max(112, 48 + 16 * vectors.length);
    int length = block + 16;
    if (head() + length > RING_SIZE) {
      entry(0, RING_SIZE - head());
    }
    long at = entry(1, length);
    map.set(ValueLayout.JAVA_SHORT, at + 4, (short) id);
    map.set(ValueLayout.JAVA_INT, at + 8, vectors.length);
    map.set(ValueLayout.JAVA_LONG, at + 24, at + block);
    for (int i = 0; i < vectors.length; i++) {
      map.set(ValueLayout.JAVA_LONG, at + 48 + 16L * i, vectors[i].offset());
      map.set(ValueLayout.JAVA_LONG, at + 56 + 16L * i, vectors[i].length());
    }
    MemorySegment.copy(cdb, 0, map, ValueLayout.JAVA_BYTE, at + block, cdb.length);
    return at;
  }

  /** Responses since the last call: "id:status", and "=length" where a read length is valid. */
  public List<String> responses() {
    List<String> found = new ArrayList<>();
    while (seen != tail()) {
      long at = RING + (long) seen;
      int header = map.get(ValueLayout.JAVA_INT, at);
      if ((header & 7) == 1) {
        int id = map.get(ValueLayout.JAVA_SHORT, at + 4) & 0xFFFF;
        int status = map.get(ValueLayout.JAVA_BYTE, at + 8);
        boolean less = (map.get(ValueLayout.JAVA_BYTE, at + 7) & 2) != 0;
        found.add(id + ":" + status + (less ? "=" + map.get(ValueLayout.JAVA_INT, at + 12) : ""));
      }
      seen = (seen + (header & ~7)) % RING_SIZE;
    }
    return found;
  }
}
