package dev.obdbuild.oci.tar;

import java.io.IOException;
import java.io.InputStream;

/** The bytes of an archive with their offset. Not thread-safe. */
final class TarInput implements AutoCloseable {
  static final int BLOCK = 512;

  private final InputStream in;
  private final String archive;
  private long offset;

  TarInput(InputStream in, String archive) {
    this.in = in;
    this.archive = archive;
  }

  long offset() {
    return offset;
  }

  MalformedTarException malformed(long at, String problem) {
    return new MalformedTarException(archive, at, problem);
  }

  /** Fills {@code block}; false if the archive ends exactly here. */
  boolean readBlock(byte[] block) throws IOException {
    int n = in.readNBytes(block, 0, BLOCK);
    if (n == 0) {
      return false;
    }
    offset += n;
    if (n < BLOCK) {
      throw malformed(
          offset, "the archive ends in the middle of a block, " + n + " of " + BLOCK + " bytes");
    }
    return true;
  }

  /** Exactly {@code length} bytes, which the caller has bounded. */
  byte[] readFully(int length, String what) throws IOException {
    byte[] bytes = in.readNBytes(length);
    offset += bytes.length;
    if (bytes.length < length) {
      throw malformed(
          offset,
          "the archive ends within " + what + ": " + bytes.length + " of " + length + " bytes");
    }
    return bytes;
  }

  int read(byte[] dst, int from, int length) throws IOException {
    int n = in.read(dst, from, length);
    if (n > 0) {
      offset += n;
    }
    return n;
  }

  void skip(long length, String what) throws IOException {
    long left = length;
    byte[] sink = new byte[(int) Math.min(8192, Math.max(left, 1))];
    while (left > 0) {
      int n = in.read(sink, 0, (int) Math.min(left, sink.length));
      if (n < 0) {
        throw malformed(
            offset, "the archive ends within " + what + ": " + left + " bytes are missing");
      }
      left -= n;
      offset += n;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
