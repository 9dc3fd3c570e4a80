package dev.obdbuild.snapshots.changeset;

import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.oci.tar.TarWriter;
import dev.obdbuild.snapshots.diff.TreeEntry;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies what files hold into an archive; holes become zeros. Belongs to one thread. */
final class FileBytes implements AutoCloseable {
  private static final int BUFFER = 256 << 10;

  private final TarWriter tar;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment segment = arena.allocate(BUFFER);
  private final byte[] array = new byte[BUFFER];

  FileBytes(TarWriter tar) {
    this.tar = tar;
  }

  /** Writes as many bytes as the file's header said. */
  void copy(TreeEntry entry) throws IOException {
    long size = entry.stat().size();
    if (size == 0) {
      return;
    }
    try (OpenFile file = entry.open()) {
      long at = 0;
      while (at < size) {
        int n = file.read(segment.asSlice(0, Math.min(BUFFER, size - at)), at);
        if (n == 0) {
          throw new EOFException(
              "/" + entry.path() + " ends at byte " + at + ", its size was " + size);
        }
        MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, 0, array, 0, n);
        tar.write(array, 0, n);
        at += n;
      }
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
