package dev.obdbuild.oci.content;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/**
 * A whole blob of a store as a stream that gives its end only when size and digest are right. One
 * reading thread.
 */
public final class CheckedBlob extends FilterInputStream {

  private final Descriptor blob;
  private final MessageDigest hash;
  private long read;

  private CheckedBlob(InputStream in, Descriptor blob) {
    super(in);
    this.blob = blob;
    this.hash = blob.digest().newHash();
  }

  /** Opens a blob; to be closed. */
  public static InputStream open(ContentStore store, Descriptor blob) throws IOException {
    return new CheckedBlob(store.read(blob.digest(), 0, blob.size()), blob);
  }

  /**
   * A whole small blob.
   *
   * @throws IOException when it has other bytes than its descriptor says, or more than {@code most}
   */
  public static byte[] bytes(ContentStore store, Descriptor blob, int most) throws IOException {
    if (blob.size() > most) {
      throw new IOException(
          "blob " + blob.digest() + " has " + blob.size() + " bytes, more than " + most);
    }
    try (InputStream in = open(store, blob)) {
      return in.readAllBytes();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    int n = super.read(to, offset, length);
    if (n > 0) {
      hash.update(to, offset, n);
      read += n;
      if (read > blob.size()) {
        throw new IOException(
            "blob " + blob.digest() + " has more than the " + blob.size() + " bytes expected");
      }
    } else if (n < 0 && length > 0) {
      check();
    }
    return n;
  }

  private void check() throws IOException {
    if (read != blob.size()) {
      throw new IOException(
          "blob %s ended after %d of %d bytes".formatted(blob.digest(), read, blob.size()));
    }
    Digest found = blob.digest().finish(copyOf(hash));
    if (!found.equals(blob.digest())) {
      throw new IOException("blob " + blob.digest() + " has other bytes: their digest is " + found);
    }
  }

  /** The end may be read more than once. */
  private static MessageDigest copyOf(MessageDigest hash) {
    try {
      return (MessageDigest) hash.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's digests can be cloned", e);
    }
  }

  @Override
  public long skip(long count) throws IOException {
    byte[] skipped = new byte[(int) Math.min(count, 8192)];
    return Math.max(read(skipped, 0, skipped.length), 0);
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
