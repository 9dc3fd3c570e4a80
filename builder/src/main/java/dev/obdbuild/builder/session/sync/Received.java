package dev.obdbuild.builder.session.sync;

import com.google.protobuf.ByteString;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** The bytes of one file while they come; made into a file of the pool when they are complete. */
final class Received implements Closeable {
  private static final byte[] NOTHING = {};

  private final Pool pool;
  private final long number;
  private final MessageDigest hash = sha256();
  private byte[] first = NOTHING;
  private @Nullable FileChannel file;
  private long size;

  Received(Pool pool) {
    this.pool = pool;
    this.number = pool.newNumber();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Most files are one packet: the file is then opened, written and closed at once at the end. */
  void add(ByteString data) throws IOException {
    byte[] bytes = data.toByteArray();
    hash.update(bytes);
    if (size == 0) {
      first = bytes;
    } else {
      write(bytes);
    }
    size += bytes.length;
  }

  private void write(byte[] bytes) throws IOException {
    FileChannel open = file;
    if (open == null) {
      open = pool.create(number);
      file = open;
      all(open, first);
      first = NOTHING;
    }
    all(open, bytes);
  }

  private static void all(FileChannel file, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      file.write(buffer);
    }
  }

  /** The entry with its content, complete. */
  SyncEntry complete(SyncEntry entry) throws IOException {
    if (file == null) {
      write(NOTHING);
    }
    close();
    return entry.withContent(number, size, hash.digest());
  }

  long number() {
    return number;
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
