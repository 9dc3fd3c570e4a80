package dev.obdbuild.snapshots.unpack;

import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.oci.tar.Extent;
import dev.obdbuild.oci.tar.TarEntry;
import dev.obdbuild.oci.tar.TarReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Writes an entry's bytes to a new file; what a sparse entry does not store stays a hole. Belongs
 * to one thread.
 */
final class FileContent implements AutoCloseable {
  private static final int BUFFER = 256 * 1024;

  private final TarReader archive;
  private final Arena arena = Arena.ofConfined();
  private final byte[] read = new byte[BUFFER];
  private final MemorySegment out = arena.allocate(BUFFER);
  private long written;

  FileContent(TarReader archive) {
    this.archive = archive;
  }

  long written() {
    return written;
  }

  void write(TarEntry entry, OpenFile file) throws IOException {
    if (entry.extents().isEmpty()) {
      range(file, 0, entry.size());
      return;
    }
    for (Extent extent : entry.extents()) {
      range(file, extent.offset(), extent.length());
    }
    file.truncate(entry.size());
  }

  private void range(OpenFile file, long offset, long length) throws IOException {
    InputStream in = archive.content();
    long done = 0;
    while (done < length) {
      int n = in.readNBytes(read, 0, (int) Math.min(BUFFER, length - done));
      if (n == 0) {
        throw new EOFException(
            "the archive ends " + (length - done) + " bytes before the end of the file");
      }
      MemorySegment.copy(read, 0, out, ValueLayout.JAVA_BYTE, 0, n);
      file.write(out.asSlice(0, n), offset + done);
      done += n;
    }
    written += length;
  }

  @Override
  public void close() {
    arena.close();
  }
}
