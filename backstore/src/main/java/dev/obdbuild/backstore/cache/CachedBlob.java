package dev.obdbuild.backstore.cache;

import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/** One user's hold on a cached blob. Thread-safe. */
public final class CachedBlob implements BlockFile {

  private final CachedFile file;
  private final BlockCache cache;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean sparing;

  CachedBlob(CachedFile file, BlockCache cache) {
    this.file = file;
    this.cache = cache;
  }

  CachedFile file() {
    return file;
  }

  @Override
  public long size() {
    return file.size();
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    file.read(offset, dst, sparing ? 1 : CachedFile.UNIT);
  }

  /**
   * Whether reads fetch as little as they can, which is right while a layer is opened: nothing near
   * its headers is read soon.
   */
  public void sparing(boolean changed) {
    sparing = changed;
  }

  /** Begins to fetch a range, as urgently as if somebody waited for it. */
  @Override
  public void expect(long offset, long length) throws IOException {
    file.expect(offset, length);
  }

  /**
   * Begins to fetch a range when nothing is left that somebody waits for. Waits for nothing; a
   * failure shows when somebody reads there.
   */
  public void prefetch(long offset, long length) {
    if (length > 0 && offset >= 0 && offset < size()) {
      long last = Math.min(offset + length, size()) - 1;
      file.prefetch((int) (offset / BlockCache.BLOCK), (int) (last / BlockCache.BLOCK));
    }
  }

  @Override
  public void evict(long offset, long length) throws IOException {
    file.evict(offset, length);
  }

  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      cache.release(file);
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
