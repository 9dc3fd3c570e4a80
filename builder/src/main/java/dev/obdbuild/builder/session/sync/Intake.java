package dev.obdbuild.builder.session.sync;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one transfer puts into the pool. Small contents share files: a file of its own costs more
 * than all else that is done for a small content, when it is made, read and deleted. Belongs to one
 * thread.
 */
final class Intake {
  /** Larger contents have a file to themselves. */
  static final int LARGEST_SMALL = 64 << 10;

  private static final int BUFFER = 256 << 10;

  private final Pool pool;
  private final List<Long> made = new ArrayList<>();
  private @Nullable ByteBuffer waiting;
  private @Nullable FileChannel shared;
  private long sharedFile;
  private long end;

  Intake(Pool pool) {
    this.pool = pool;
  }

  /** A number for a file of one content. */
  long newFile() {
    long number = pool.newNumber();
    made.add(number);
    return number;
  }

  /** Creates the file of a new number, to be written and closed by the caller. */
  FileChannel create(long number) throws IOException {
    return pool.create(number);
  }

  /** Takes a small content; see {@link Place}. On the disk after {@link #finish}. */
  long add(byte[] bytes) throws IOException {
    long taken = Place.taken(bytes.length);
    FileChannel file = shared;
    if (file == null || end + taken > Place.LARGEST_SHARED) {
      finish();
      sharedFile = newFile();
      file = pool.create(sharedFile);
      shared = file;
      end = 0;
    }
    ByteBuffer buffer = waiting == null ? ByteBuffer.allocateDirect(BUFFER) : waiting;
    waiting = buffer;
    if (buffer.remaining() < taken) {
      write(file, buffer);
    }
    buffer.put(bytes);
    if (bytes.length == 0) {
      buffer.put((byte) 0);
    }
    long place = Place.shared(sharedFile, end);
    end += taken;
    return place;
  }

  private static void write(FileChannel file, ByteBuffer buffer) throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      file.write(buffer);
    }
    buffer.clear();
  }

  /** Writes what waits. Nothing needs to be added any more, but may be. */
  void finish() throws IOException {
    FileChannel file = shared;
    if (file != null) {
      try (file) {
        if (waiting != null) {
          write(file, waiting);
        }
      } finally {
        shared = null;
      }
    }
  }

  /** Takes everything back. */
  void discard() throws IOException {
    if (shared != null) {
      shared.close();
      shared = null;
    }
    for (long number : made) {
      pool.delete(number);
    }
  }
}
