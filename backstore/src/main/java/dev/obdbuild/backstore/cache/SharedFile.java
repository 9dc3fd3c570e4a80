package dev.obdbuild.backstore.cache;

import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/** One user's hold on a cached blob. */
final class SharedFile implements BlockFile {

  private final CachedFile file;
  private final BlockCache cache;
  private final AtomicBoolean closed = new AtomicBoolean();

  SharedFile(CachedFile file, BlockCache cache) {
    this.file = file;
    this.cache = cache;
  }

  @Override
  public long size() {
    return file.size();
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    file.read(offset, dst);
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
