package dev.obdbuild.snapshots.convert;

import dev.obdbuild.oci.image.Digest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.function.LongConsumer;

/**
 * The tar bytes of a compressed layer. Reading the blob, decompressing and hashing happen on a
 * thread of their own, a few blocks ahead of who unpacks. Owned and closed by one thread.
 */
public final class LayerStream implements AutoCloseable {
  private final String name;
  private final InputStream blob;
  private final MessageDigest hash = Digest.newSha256();
  private final ReadAhead tar;

  /**
   * @param blob the compressed (or plain) layer; taken over. It checks its own digest at its end
   * @param name names the layer in errors
   * @param progress told the compressed bytes read so far
   */
  public LayerStream(InputStream blob, String name, LongConsumer progress) {
    this.name = name;
    this.blob = new Counting(blob, progress);
    this.tar = new ReadAhead(name, this::open, hash);
  }

  private InputStream open() throws IOException {
    try {
      return Decompression.of(blob);
    } catch (IOException e) {
      throw new IOException("layer " + name + " cannot be decompressed: " + e.getMessage(), e);
    }
  }

  /** The decompressed bytes; closing this stream does nothing. */
  public InputStream tar() {
    return new FilterInputStream(tar) {
      @Override
      public void close() {}

      @Override
      public int read(byte[] to, int offset, int length) throws IOException {
        return tar.read(to, offset, length);
      }
    };
  }

  /**
   * Reads what is left, to the end of the blob, so that its digest is checked; yields the digest of
   * the tar.
   *
   * @throws IOException when the blob's digest is wrong
   */
  public Digest finish() throws IOException {
    while (tar.skip(Long.MAX_VALUE) > 0) {
      // Padding behind the archive's end belongs to both digests.
    }
    byte[] rest = new byte[8192];
    while (blob.read(rest) >= 0) {
      // The decompressor may stop short of the blob's end.
    }
    return Digest.ofHash(hash.digest());
  }

  @Override
  public void close() throws IOException {
    try (blob) {
      tar.close();
    }
  }

  private static final class Counting extends FilterInputStream {
    private final LongConsumer progress;
    private long bytes;

    Counting(InputStream in, LongConsumer progress) {
      super(in);
      this.progress = progress;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      int n = super.read(to, offset, length);
      if (n > 0) {
        bytes += n;
        progress.accept(bytes);
      }
      return n;
    }
  }
}
