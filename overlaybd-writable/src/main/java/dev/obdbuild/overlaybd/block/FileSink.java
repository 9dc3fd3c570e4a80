package dev.obdbuild.overlaybd.block;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes a new file from its start. For one thread. Owns the channel; does not remove the file on
 * failure.
 */
public final class FileSink implements PatchableSink, Closeable {
  /** What is as long goes to the file as it is. */
  private static final int BUFFER = 64 << 10;

  private final FileChannel channel;
  private final MemorySegment buffer = MemorySegment.ofArray(new byte[BUFFER]);
  private long flushed;
  private int pending;

  private FileSink(FileChannel channel) {
    this.channel = channel;
  }

  /** Creates or truncates {@code path}; the file can be read through {@link #channel()} too. */
  public static FileSink create(Path path) throws IOException {
    return new FileSink(
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE));
  }

  @Override
  public long position() {
    return flushed + pending;
  }

  @Override
  public void write(MemorySegment src) throws IOException {
    if (src.byteSize() >= BUFFER) {
      flush();
      Transfers.writeFully(channel, flushed, src);
      flushed += src.byteSize();
      return;
    }
    if (src.byteSize() > BUFFER - pending) {
      flush();
    }
    MemorySegment.copy(src, 0, buffer, pending, src.byteSize());
    pending += (int) src.byteSize();
  }

  @Override
  public void patch(long offset, MemorySegment src) throws IOException {
    Ranges.check(offset, src.byteSize(), position(), "patch");
    flush();
    Transfers.writeFully(channel, offset, src);
  }

  /** Writes out what is buffered; the file then holds all {@link #position()} bytes. */
  public void flush() throws IOException {
    if (pending > 0) {
      Transfers.writeFully(channel, flushed, buffer.asSlice(0, pending));
      flushed += pending;
      pending = 0;
    }
  }

  /** The file itself; reads see flushed bytes only. */
  public FileChannel channel() {
    return channel;
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      flush();
    }
  }
}
