package dev.obdbuild.overlaybd.layer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of a file. */
final class FileHash {
  private static final int STEP = 256 << 10;

  private FileHash() {}

  static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Of all bytes, by positional reads. */
  static byte[] sha256(FileChannel channel) throws IOException {
    MessageDigest digest = newSha256();
    // A heap buffer: the digest would otherwise copy to one of its own.
    ByteBuffer buffer = ByteBuffer.allocate(STEP);
    long size = channel.size();
    for (long at = 0; at < size; at += buffer.position()) {
      buffer.clear();
      if (channel.read(buffer, at) < 0) {
        throw new IOException("file became shorter than " + size + " bytes while it was hashed");
      }
      digest.update(buffer.array(), 0, buffer.position());
    }
    return digest.digest();
  }
}
