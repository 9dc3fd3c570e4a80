package dev.obdbuild.builder.session.tunnel;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Bytes that come in pieces, each of which is asked for when those before are read. */
public abstract class ByteStringInput extends InputStream {
  private ByteString current = ByteString.EMPTY;
  private int at;

  /** The next piece, which may be empty; null at the end, and whenever asked again. */
  protected abstract @Nullable ByteString next() throws IOException;

  private boolean fill() throws IOException {
    while (at == current.size()) {
      ByteString piece = next();
      if (piece == null) {
        return false;
      }
      current = piece;
      at = 0;
    }
    return true;
  }

  @Override
  public final int read() throws IOException {
    return fill() ? current.byteAt(at++) & 0xff : -1;
  }

  @Override
  public final int read(byte[] into, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int n = Math.min(length, current.size() - at);
    current.substring(at, at + n).copyTo(into, from);
    at += n;
    return n;
  }

  @Override
  public final int available() {
    return current.size() - at;
  }
}
