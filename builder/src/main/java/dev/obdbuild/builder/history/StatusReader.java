package dev.obdbuild.builder.history;

import dev.obdbuild.protos.control.StatusResponse;
import java.io.DataInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Reads the status messages of one build from the first on: those of the past at once, those of a
 * running build as they come. One thread reads; any thread may {@link #cancel}.
 */
public final class StatusReader implements AutoCloseable {

  /** How much of a log is complete. */
  interface Extent {
    /**
     * Waits for more than {@code position} bytes; yields how many there are, or {@code position}
     * when there will be no more or the reader was closed.
     */
    long await(long position, BooleanSupplier closed) throws IOException, InterruptedException;

    /** Lets a waiting reader see that it was closed. */
    void wake();
  }

  private static final int MOST_FRAME_BYTES = 64 << 20;
  static final int HEADER_BYTES = 4;

  private final Path file;
  private final DataInputStream in;
  private final Extent extent;
  private long position;
  private long end;
  private volatile boolean closed;

  /** Opens the file at once: it may get another name or none later. */
  StatusReader(Path file, Extent extent) throws IOException {
    this.file = file;
    this.in = new DataInputStream(new FileInputStream(file.toFile()));
    this.extent = extent;
  }

  /** A reader of a log that has ended. */
  static StatusReader ofFinished(Path file, long size) throws IOException {
    return new StatusReader(
        file,
        new Extent() {
          @Override
          public long await(long position, BooleanSupplier closed) {
            return size;
          }

          @Override
          public void wake() {}
        });
  }

  /**
   * The next message; empty when the build has ended and all was read, or the reader was closed.
   *
   * @throws IOException when the log could not be written or cannot be read
   */
  public Optional<StatusResponse> next() throws IOException, InterruptedException {
    if (!closed && position >= end) {
      end = extent.await(position, () -> closed);
    }
    if (closed || position >= end) {
      return Optional.empty();
    }
    try {
      return Optional.of(frame());
    } catch (IOException e) {
      if (closed) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private StatusResponse frame() throws IOException {
    int length = Integer.reverseBytes(in.readInt());
    if (length < 0 || length > MOST_FRAME_BYTES || length > end - position - HEADER_BYTES) {
      throw new IOException(
          "status log "
              + file
              + ": frame of "
              + Integer.toUnsignedString(length)
              + " bytes at offset "
              + position
              + " of "
              + end);
    }
    byte[] frame = in.readNBytes(length);
    if (frame.length != length) {
      throw new IOException(
          "status log "
              + file
              + " ends at offset "
              + (position + HEADER_BYTES + frame.length)
              + ", expected "
              + end
              + " bytes");
    }
    position += HEADER_BYTES + length;
    return StatusResponse.parseFrom(frame);
  }

  /** Bytes read so far: whole frames. */
  long position() {
    return position;
  }

  /** Ends a read that waits, and all that follow. From any thread. */
  public void cancel() {
    closed = true;
    extent.wake();
  }

  @Override
  public void close() throws IOException {
    cancel();
    in.close();
  }
}
