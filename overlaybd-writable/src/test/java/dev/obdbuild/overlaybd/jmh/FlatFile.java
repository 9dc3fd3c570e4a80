package dev.obdbuild.overlaybd.jmh;

import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A file in one piece of native memory, so that reading it costs a copy and no more. */
record FlatFile(MemorySegment bytes) implements BlockFile {
  static FlatFile copyOf(BlockFile file) throws IOException {
    MemorySegment bytes = Arena.ofAuto().allocate(file.size());
    file.read(0, bytes);
    return new FlatFile(bytes);
  }

  @Override
  public long size() {
    return bytes.byteSize();
  }

  @Override
  public void read(long offset, MemorySegment dst) {
    MemorySegment.copy(bytes, offset, dst, 0, dst.byteSize());
  }

  @Override
  public void close() {}
}
