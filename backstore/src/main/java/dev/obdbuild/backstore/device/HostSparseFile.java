package dev.obdbuild.backstore.device;

import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.overlaybd.block.AllocatedExtents;
import dev.obdbuild.overlaybd.block.SparseFile;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A sparse file on the host's disk, where a writable layer keeps its data. What it leaves dirty in
 * the page cache is bounded by a {@link WriteBehind}. Thread-safe. Must not lie on a device of this
 * process.
 */
public final class HostSparseFile implements SparseFile, AllocatedExtents {
  private final OpenFile file;
  private final Path path;
  private final AtomicLong size;
  private final WriteBehind behind;
  private final AtomicReference<@Nullable IOException> lost = new AtomicReference<>();

  private HostSparseFile(OpenFile file, Path path, long size, long dirtyLimit) {
    this.file = file;
    this.path = path;
    this.size = new AtomicLong(size);
    this.behind = new WriteBehind(file, path.toString(), dirtyLimit);
  }

  /** Makes an empty file. @throws FileAlreadyExistsException if something is there */
  public static HostSparseFile create(Path path) throws IOException {
    long dirtyLimit = WriteBehind.standardLimit();
    Files.createFile(path);
    return new HostSparseFile(OpenFile.readWrite(path), path, 0, dirtyLimit);
  }

  /** Opens an existing file for reading and writing. */
  public static HostSparseFile open(Path path) throws IOException {
    long size = Files.size(path); // also refuses a missing file, which readWrite would make
    long dirtyLimit = WriteBehind.standardLimit();
    return new HostSparseFile(OpenFile.readWrite(path), path, size, dirtyLimit);
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  @Override
  public long size() {
    return size.get();
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    if (offset < 0 || dst.byteSize() > size() - offset) {
      throw new EOFException(path + ": " + offset + "+" + dst.byteSize() + " of " + size());
    }
    file.readFully(dst, offset);
  }

  @Override
  public void write(long offset, MemorySegment src) throws IOException {
    file.write(src, offset);
    size.accumulateAndGet(offset + src.byteSize(), Math::max);
    behind.wrote(src.byteSize());
  }

  @Override
  public void punch(long offset, long length) throws IOException {
    file.punch(offset, length);
  }

  @Override
  public void truncate(long newSize) throws IOException {
    if (newSize < size()) {
      file.truncate(newSize);
      size.set(newSize);
    }
  }

  @Override
  public long nextData(long offset) throws IOException {
    return file.nextData(offset);
  }

  @Override
  public long nextHole(long offset) throws IOException {
    return file.nextHole(offset);
  }

  /**
   * The kernel tells of lost writes once and then forgets them, so after a failure of this or of
   * writing behind every flush fails: the next one would promise what is gone. A write-out under
   * way may be told instead of this one, and is therefore waited for.
   */
  @Override
  public void force() throws IOException {
    IOException before = lost.get();
    if (before != null) {
      throw new IOException(path + " lost writes before: " + before.getMessage(), before);
    }
    try {
      file.force();
    } catch (IOException e) {
      lost.compareAndSet(null, e);
      throw e;
    }
    behind.settle();
    behind.check();
  }

  @Override
  public void close() throws IOException {
    behind.settle();
    file.close();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
