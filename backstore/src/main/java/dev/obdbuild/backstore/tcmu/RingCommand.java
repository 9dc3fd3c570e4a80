package dev.obdbuild.backstore.tcmu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * A command taken from the ring. Its data lies in the shared memory and belongs to it until it is
 * completed.
 */
public final class RingCommand {
  private final int id;
  private final byte[] block;
  private final List<MemorySegment> data;
  private final long size;

  RingCommand(int id, byte[] block, List<MemorySegment> data) {
    this.id = id;
    this.block = block;
    this.data = List.copyOf(data);
    this.size = data.stream().mapToLong(MemorySegment::byteSize).sum();
  }

  /** What the kernel calls it until it is completed. */
  public int id() {
    return id;
  }

  /**
   * The command block, 16 bytes or the less that the entry has; there may be more than it needs.
   */
  public byte[] block() {
    return block.clone();
  }

  /** Bytes of data that go with it, in or out. */
  public long size() {
    return size;
  }

  /** The data in one piece, if it lies in one. */
  public boolean contiguous() {
    return data.size() == 1;
  }

  /** A part of data that is contiguous. */
  public MemorySegment slice(long offset, long length) {
    return data.getFirst().asSlice(offset, length);
  }

  /** Copies data out of the shared memory. */
  public void get(long offset, MemorySegment into) {
    copy(offset, into, false);
  }

  /** Copies data into the shared memory. */
  public void put(long offset, MemorySegment from) {
    copy(offset, from, true);
  }

  /** The first {@code length} bytes of the data. */
  public byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    get(0, MemorySegment.ofArray(bytes));
    return bytes;
  }

  private void copy(long offset, MemorySegment other, boolean in) {
    if (offset < 0 || other.byteSize() > size - offset) {
      throw new IndexOutOfBoundsException(offset + "+" + other.byteSize() + " of " + size);
    }
    long skip = offset;
    long done = 0;
    for (MemorySegment part : data) {
      if (done == other.byteSize()) {
        return;
      }
      if (skip >= part.byteSize()) {
        skip -= part.byteSize();
        continue;
      }
      long length = Math.min(part.byteSize() - skip, other.byteSize() - done);
      if (in) {
        MemorySegment.copy(other, done, part, skip, length);
      } else {
        MemorySegment.copy(part, skip, other, done, length);
      }
      done += length;
      skip = 0;
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("command " + id + " ");
    MemorySegment bytes = MemorySegment.ofArray(block);
    for (long i = 0; i < bytes.byteSize(); i++) {
      text.append(String.format("%02x", bytes.get(ValueLayout.JAVA_BYTE, i)));
    }
    return text + " with " + size + " bytes in " + data.size() + " parts";
  }
}
