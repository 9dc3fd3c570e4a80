package dev.obdbuild.backstore.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory of one serving thread for the data of one command that does not lie in one piece, or that
 * may be taken back meanwhile. For one thread at a time.
 */
final class TransferBuffer implements AutoCloseable {
  private static final int PAGE = 4096;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;

  TransferBuffer(int size) {
    memory = arena.allocate(size, PAGE);
    memory.fill((byte) 0); // touch the pages now, not while serving
  }

  /** The first {@code length} bytes. */
  MemorySegment first(long length) {
    return memory.asSlice(0, length);
  }

  long size() {
    return memory.byteSize();
  }

  @Override
  public void close() {
    arena.close();
  }
}
