package dev.obdbuild.overlaybd.layer;

import dev.obdbuild.overlaybd.block.FileSink;
import dev.obdbuild.overlaybd.block.LendingSink;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A new file whose digest is taken while it is written: each buffer is hashed and written at the
 * same time, out of the memory it was read into. On failure a part of the file is left behind.
 */
final class HashedFile implements LendingSink, Closeable {
  private final FileSink file;
  private final BesideHash hash = new BesideHash();
  private int filled;

  private HashedFile(FileSink file) {
    this.file = file;
  }

  static HashedFile create(Path path) throws IOException {
    return new HashedFile(FileSink.create(path));
  }

  @Override
  public MemorySegment room() throws IOException {
    return hash.buffer().asSlice(filled);
  }

  @Override
  public void filled(long bytes) throws IOException {
    filled += (int) bytes;
    if (filled == BesideHash.BUFFER) {
      MemorySegment full = hash.buffer();
      hash.add(filled);
      file.write(full);
      filled = 0;
    }
  }

  /** Writes what is left and returns the digest. */
  byte[] finish() throws IOException {
    file.write(hash.buffer().asSlice(0, filled));
    file.flush();
    return hash.finish(filled);
  }

  /** Bytes of the whole file, after {@link #finish}. */
  long size() {
    return file.position();
  }

  @Override
  public void close() throws IOException {
    try (file) {
      hash.close();
    }
  }
}
