package dev.obdbuild.worker.file;

import dev.obdbuild.linux.file.OpenFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;

/** An open file from its start, as a stream. Closing it leaves the file open. */
final class FileStream extends InputStream {
  private final OpenFile file;
  private long at;

  FileStream(OpenFile file) {
    this.file = file;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int n = file.read(MemorySegment.ofArray(into).asSlice(from, length), at);
    at += n;
    return n == 0 ? -1 : n;
  }
}
