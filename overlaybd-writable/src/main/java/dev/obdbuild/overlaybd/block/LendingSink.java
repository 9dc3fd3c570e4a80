package dev.obdbuild.overlaybd.block;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * A sink that lends memory to read the next bytes into, which saves a copy of them. {@link #write}
 * may be mixed with it. For one thread at a time.
 */
public interface LendingSink extends BlockSink {

  /** Where the next bytes go: native memory, not empty. Lent until the next call of any method. */
  MemorySegment room() throws IOException;

  /** Appends the first {@code bytes} of what {@link #room} lent last; none are fine. */
  void filled(long bytes) throws IOException;

  @Override
  default void write(MemorySegment src) throws IOException {
    for (long done = 0; done < src.byteSize(); ) {
      MemorySegment room = room();
      long part = Math.min(room.byteSize(), src.byteSize() - done);
      MemorySegment.copy(src, done, room, 0, part);
      filled(part);
      done += part;
    }
  }
}
