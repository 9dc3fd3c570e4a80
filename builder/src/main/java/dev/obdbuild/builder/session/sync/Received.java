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

  private final Intake intake;
  private long number;
  private final MessageDigest hash = sha256();
  private byte[] first = NOTHING;
  private @Nullable FileChannel file;
  private long size;

  Received(Intake intake) {
    this.intake = intake;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Most files are one packet, which is kept until it is known to be all. */
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
      number = intake.newFile();
      open = intake.create(number);
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
    if (file == null && first.length <= Intake.LARGEST_SMALL) {
      return entry.withContent(intake.add(first), size, hash.digest());
    }
    if (file == null) {
      write(NOTHING);
    }
    close();
    return entry.withContent(Place.alone(number), size, hash.digest());
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
