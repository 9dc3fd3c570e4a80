package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.OpenFile;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads small contents out of the files that they share. Contents that are neighbours, as those of
 * a folder are, come by one read. Thread-safe.
 */
final class SharedFiles implements Closeable {
  private static final int WINDOW = 256 << 10;

  private @Nullable Path path;
  private @Nullable OpenFile file;
  private @Nullable MemorySegment window;
  private long start;
  private int filled;

  synchronized byte[] read(SyncedTree.Shared content) throws IOException {
    byte[] bytes = new byte[content.length()];
    if (bytes.length == 0) {
      return bytes;
    }
    if (!content.file().equals(path)) {
      close();
      file = OpenFile.read(content.file());
      path = content.file();
    }
    MemorySegment buffer = window == null ? Arena.ofAuto().allocate(WINDOW) : window;
    window = buffer;
    long offset = content.offset();
    if (offset < start || offset + bytes.length > start + filled) {
      fill(buffer, offset);
    }
    if (bytes.length > filled) {
      throw new EOFException(content + " is cut");
    }
    MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, offset - start, bytes, 0, bytes.length);
    return bytes;
  }

  private void fill(MemorySegment buffer, long offset) throws IOException {
    filled = 0;
    start = offset;
    OpenFile from = file;
    while (from != null && filled < WINDOW) {
      int n = from.read(buffer.asSlice(filled), offset + filled);
      if (n == 0) {
        break;
      }
      filled += n;
    }
  }

  /** Lets go of the file; what is read later opens it again. */
  @Override
  public synchronized void close() throws IOException {
    OpenFile open = file;
    file = null;
    path = null;
    filled = 0;
    if (open != null) {
      open.close();
    }
  }
}
