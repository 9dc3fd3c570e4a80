package dev.obdbuild.snapshots.convert;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Finds out how a layer is compressed by its first bytes: media types lie. */
final class Decompression {
  private static final int BUFFER = 256 << 10;
  private static final int MAGIC_BYTES = 4;

  private Decompression() {}

  /**
   * The plain bytes of {@code in}; gzip of several members and zstd of several frames are read to
   * the end.
   */
  static InputStream of(InputStream in) throws IOException {
    BufferedInputStream buffered = new KnowsItsEnd(in);
    buffered.mark(MAGIC_BYTES);
    byte[] magic = buffered.readNBytes(MAGIC_BYTES);
    buffered.reset();
    if (starts(magic, 0x1F, 0x8B)) {
      return new GZIPInputStream(buffered, BUFFER);
    }
    if (starts(magic, 0x28, 0xB5, 0x2F, 0xFD)) {
      return new ZstdInputStream(buffered);
    }
    return buffered;
  }

  private static boolean starts(byte[] bytes, int... magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= bytes.length || (bytes[i] & 0xFF) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * GZIPInputStream takes {@code available() == 0} for the end of the file; a network stream often
   * says 0.
   */
  private static final class KnowsItsEnd extends BufferedInputStream {
    KnowsItsEnd(InputStream in) {
      super(in, BUFFER);
    }

    @Override
    public synchronized int available() throws IOException {
      int known = super.available();
      if (known > 0) {
        return known;
      }
      mark(1);
      int next = read();
      if (next < 0) {
        return 0;
      }
      reset();
      return Math.max(1, super.available());
    }
  }
}
