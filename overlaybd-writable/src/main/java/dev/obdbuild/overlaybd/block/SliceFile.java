package dev.obdbuild.overlaybd.block;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A range of another file as a file of its own. Closing it closes the other file. */
public final class SliceFile implements BlockFile {
  private final BlockFile file;
  private final long start;
  private final long size;
  private final String name;

  /** The range must lie inside {@code file}; {@code name} is for messages. */
  public SliceFile(BlockFile file, long start, long size, String name) throws IOException {
    Ranges.check(start, size, file.size(), name);
    this.file = file;
    this.start = start;
    this.size = size;
    this.name = name;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    Ranges.check(offset, dst.byteSize(), size, name);
    file.read(start + offset, dst);
  }

  @Override
  public void expect(long offset, long length) throws IOException {
    file.expect(start + offset, Math.min(length, size - offset));
  }

  @Override
  public void evict(long offset, long length) throws IOException {
    file.evict(start + offset, Math.min(length, size - offset));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  @Override
  public String toString() {
    return name;
  }
}
