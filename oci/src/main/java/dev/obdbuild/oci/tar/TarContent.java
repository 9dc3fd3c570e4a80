package dev.obdbuild.oci.tar;

import java.io.IOException;
import java.io.InputStream;

/** The stored bytes of one entry. */
final class TarContent extends InputStream {
  private final TarInput in;
  private final String name;
  private long left;
  private long padding;

  TarContent(TarInput in, long stored, String name) {
    this.in = in;
    this.left = stored;
    this.padding = TarReader.padding(stored);
    this.name = name;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] dst, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0) {
      return -1;
    }
    int n = in.read(dst, from, (int) Math.min(length, left));
    if (n < 0) {
      throw in.malformed(
          in.offset(),
          "the archive ends within the content of " + name + ": " + left + " bytes are missing");
    }
    left -= n;
    return n;
  }

  void skipRest() throws IOException {
    long rest = left + padding;
    left = 0;
    padding = 0;
    in.skip(rest, "the content of " + name);
  }
}
