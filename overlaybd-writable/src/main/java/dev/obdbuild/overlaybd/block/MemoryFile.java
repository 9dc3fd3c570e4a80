package dev.obdbuild.overlaybd.block;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A sparse file in memory, in pages of 4096 bytes as a host filesystem would allocate them. For
 * tests and small files.
 */
public final class MemoryFile implements SparseFile, PatchableSink, AllocatedExtents {
  private static final int PAGE = 4096;

  private final ConcurrentSkipListMap<Long, byte[]> pages = new ConcurrentSkipListMap<>();
  private final AtomicLong size = new AtomicLong();

  /** A file that holds a copy of {@code bytes}. */
  public static MemoryFile of(byte[] bytes) {
    MemoryFile file = new MemoryFile();
    file.write(0, MemorySegment.ofArray(bytes));
    return file;
  }

  @Override
  public long size() {
    return size.get();
  }

  @Override
  public void read(long offset, MemorySegment dst) throws EOFException {
    Ranges.check(offset, dst.byteSize(), size(), "memory file");
    for (long done = 0; done < dst.byteSize(); ) {
      int in = (int) ((offset + done) % PAGE);
      long n = Math.min(PAGE - in, dst.byteSize() - done);
      byte[] page = pages.get((offset + done) / PAGE);
      if (page == null) {
        dst.asSlice(done, n).fill((byte) 0);
      } else {
        MemorySegment.copy(MemorySegment.ofArray(page), in, dst, done, n);
      }
      done += n;
    }
  }

  @Override
  public void write(long offset, MemorySegment src) {
    for (long done = 0; done < src.byteSize(); ) {
      int in = (int) ((offset + done) % PAGE);
      long n = Math.min(PAGE - in, src.byteSize() - done);
      byte[] page = pages.computeIfAbsent((offset + done) / PAGE, k -> new byte[PAGE]);
      MemorySegment.copy(src, done, MemorySegment.ofArray(page), in, n);
      done += n;
    }
    long end = offset + src.byteSize();
    size.accumulateAndGet(end, Math::max);
  }

  /** Sets the size; what was beyond it is lost, what is new reads as zeros. */
  public void resize(long newSize) {
    if (newSize < size()) {
      long kept = newSize / PAGE;
      byte[] cut = pages.get(kept);
      if (cut != null && newSize % PAGE != 0) {
        Arrays.fill(cut, (int) (newSize % PAGE), PAGE, (byte) 0);
        kept++;
      }
      pages.tailMap(kept, true).clear();
    }
    size.set(newSize);
  }

  @Override
  public void truncate(long newSize) {
    if (newSize < size()) {
      resize(newSize);
    }
  }

  @Override
  public void punch(long offset, long length) {
    long end = offset + length;
    for (long key : pages.subMap(offset / PAGE, true, (end - 1) / PAGE, true).keySet()) {
      long start = key * PAGE;
      int from = (int) (Math.max(offset, start) - start);
      int to = (int) (Math.min(end, start + PAGE) - start);
      if (from == 0 && to == PAGE) {
        pages.remove(key);
      } else {
        byte[] page = pages.get(key);
        if (page != null) {
          Arrays.fill(page, from, to, (byte) 0);
        }
      }
    }
  }

  @Override
  public void write(MemorySegment src) {
    write(size(), src);
  }

  @Override
  public long position() {
    return size();
  }

  @Override
  public void patch(long offset, MemorySegment src) throws IOException {
    Ranges.check(offset, src.byteSize(), size(), "patch");
    write(offset, src);
  }

  @Override
  public long nextData(long offset) {
    Map.Entry<Long, byte[]> entry = pages.ceilingEntry(offset / PAGE);
    return entry == null || entry.getKey() * PAGE >= size()
        ? -1
        : Math.max(offset, entry.getKey() * PAGE);
  }

  @Override
  public long nextHole(long offset) {
    long at = offset / PAGE;
    while (pages.containsKey(at)) {
      at++;
    }
    return Math.min(size(), Math.max(offset, at * PAGE));
  }

  /** All bytes; the size must fit an array. */
  public byte[] toByteArray() throws IOException {
    byte[] all = new byte[Math.toIntExact(size())];
    read(0, MemorySegment.ofArray(all));
    return all;
  }

  @Override
  public void force() {}

  @Override
  public void close() {}
}
