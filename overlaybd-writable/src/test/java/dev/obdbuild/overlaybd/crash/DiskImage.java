package dev.obdbuild.overlaybd.crash;

import dev.obdbuild.overlaybd.block.MemoryFile;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A file's blocks of 4 KiB and its size. Blocks are never changed, only replaced. */
final class DiskImage {
  static final int BLOCK = 4096;

  private final Map<Long, byte[]> blocks;
  private long size;

  DiskImage() {
    this(new TreeMap<>(), 0);
  }

  private DiskImage(Map<Long, byte[]> blocks, long size) {
    this.blocks = blocks;
    this.size = size;
  }

  long size() {
    return size;
  }

  void resize(long newSize) {
    size = newSize;
  }

  /** Null for a hole. */
  byte @Nullable [] block(long number) {
    return blocks.get(number);
  }

  void put(long number, byte @Nullable [] bytes) {
    if (bytes == null) {
      blocks.remove(number);
    } else {
      blocks.put(number, bytes);
    }
  }

  /** Numbers of the blocks that a change is about. */
  List<Long> touchedBy(Change change) {
    return switch (change) {
      case Change.Write write -> numbers(write.offset(), write.offset() + write.bytes().length);
      case Change.Punch punch -> numbers(punch.offset(), punch.offset() + punch.length());
      case Change.Truncate truncate -> numbers(truncate.size(), size);
      case Change.Force _ -> List.of();
    };
  }

  private static List<Long> numbers(long from, long end) {
    return LongStream.range(from / BLOCK, (end + BLOCK - 1) / BLOCK).boxed().toList();
  }

  void apply(Change change) {
    switch (change) {
      case Change.Write write -> write(write.offset(), write.bytes());
      case Change.Punch punch -> zero(punch.offset(), punch.offset() + punch.length());
      case Change.Truncate truncate -> {
        long end = size;
        size = Math.min(size, truncate.size());
        zero(size, (end + BLOCK - 1) & -BLOCK);
      }
      case Change.Force _ -> {}
    }
  }

  private void write(long offset, byte[] bytes) {
    for (int done = 0; done < bytes.length; ) {
      int in = (int) ((offset + done) % BLOCK);
      int n = Math.min(BLOCK - in, bytes.length - done);
      long number = (offset + done) / BLOCK;
      byte[] old = blocks.get(number);
      byte[] next = old == null ? new byte[BLOCK] : old.clone();
      System.arraycopy(bytes, done, next, in, n);
      blocks.put(number, next);
      done += n;
    }
    size = Math.max(size, offset + bytes.length);
  }

  private void zero(long from, long end) {
    for (long at = from; at < end; ) {
      long number = at / BLOCK;
      long stop = Math.min(end, (number + 1) * BLOCK);
      byte[] old = blocks.get(number);
      if (stop - at == BLOCK) {
        blocks.remove(number);
      } else if (old != null) {
        byte[] next = old.clone();
        Arrays.fill(next, (int) (at % BLOCK), (int) (stop - number * BLOCK), (byte) 0);
        blocks.put(number, next);
      }
      at = stop;
    }
  }

  /** A file with these bytes and these holes. */
  MemoryFile toFile() {
    MemoryFile file = new MemoryFile();
    blocks.forEach((number, bytes) -> file.write(number * BLOCK, MemorySegment.ofArray(bytes)));
    file.resize(size);
    return file;
  }
}
