package dev.obdbuild.overlaybd.block;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Collects small pieces in a buffer and hands them on together. */
public final class GatheringSink implements LendingSink {
  private static final int BUFFER = 1 << 20;

  private final BlockSink sink;
  private final MemorySegment buffer;
  private long pending;

  /** The buffer of 1 MiB lives in {@code arena}. */
  public GatheringSink(BlockSink sink, Arena arena) {
    this.sink = sink;
    this.buffer = arena.allocate(BUFFER, 4096);
  }

  @Override
  public MemorySegment room() {
    return buffer.asSlice(pending);
  }

  @Override
  public void filled(long bytes) throws IOException {
    pending += bytes;
    if (pending == BUFFER) {
      flush();
    }
  }

  /** Hands on what is still here. */
  public void flush() throws IOException {
    if (pending > 0) {
      sink.write(buffer.asSlice(0, pending));
      pending = 0;
    }
  }
}
