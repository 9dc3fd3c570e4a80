package dev.obdbuild.oci.content;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The first bytes of another stream, which it closes. */
public final class FirstBytes extends FilterInputStream {

  private final String what;
  private final boolean all;
  private long left;

  private FirstBytes(InputStream in, long length, boolean all, String what) {
    super(in);
    this.left = length;
    this.all = all;
    this.what = what;
  }

  /** So many bytes, or all where there are fewer. */
  public static InputStream atMost(InputStream in, long length) {
    return new FirstBytes(in, length, false, "");
  }

  /**
   * So many bytes; a stream that ends before is an {@link EOFException}.
   *
   * @param what names the stream in it
   */
  public static InputStream exactly(InputStream in, long length, String what) {
    return new FirstBytes(in, length, true, what);
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
    if (left == 0) {
      return -1;
    }
    int n = in.read(into, from, (int) Math.min(length, left));
    if (n < 0 && all) {
      throw new EOFException(what + ": " + left + " bytes are missing");
    }
    left -= Math.max(n, 0);
    return n;
  }

  @Override
  public long skip(long n) throws IOException {
    long skipped = in.skip(Math.min(n, left));
    left -= skipped;
    return skipped;
  }

  @Override
  public int available() throws IOException {
    return (int) Math.min(in.available(), left);
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
