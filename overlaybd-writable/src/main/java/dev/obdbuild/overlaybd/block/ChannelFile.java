package dev.obdbuild.overlaybd.block;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A plain file, read by positional reads. Its size is taken when it is opened. Owns the channel.
 *
 * <p>An interrupt of a reading thread closes the channel (as FileChannel does): read on threads
 * that nobody interrupts.
 */
public final class ChannelFile implements BlockFile {
  private final FileChannel channel;
  private final Path path;
  private final long size;

  private ChannelFile(FileChannel channel, Path path, long size) {
    this.channel = channel;
    this.path = path;
    this.size = size;
  }

  /** Opens an existing file for reading. */
  public static ChannelFile open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new ChannelFile(channel, path, channel.size());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    Ranges.check(offset, dst.byteSize(), size, path.toString());
    Transfers.readFully(channel, offset, dst, path.toString());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
