package dev.obdbuild.linux.file;

import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Copies what files hold; holes stay holes. The kernel copies (or shares blocks) where it can,
 * otherwise bytes go through one buffer. Belongs to one thread, which closes it.
 */
public final class ContentCopy implements AutoCloseable {
  private static final int BUFFER = 256 * 1024;
  private static final int UNIT = 512;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment buffer = arena.allocate(BUFFER);
  private boolean kernelCopies = true;

  /**
   * Copies the {@code stat.size()} bytes of {@code from} to the empty file {@code to}.
   *
   * @param stat of {@code from}, taken before
   * @return bytes of the file passed, holes included; less than the size when the file shrank
   *     meanwhile
   */
  public long copy(OpenFile from, Stat stat, OpenFile to) throws IOException {
    long size = stat.size();
    if (stat.blocks() * UNIT >= size) {
      return copyRange(from, to, 0, size);
    }
    long at = 0;
    while (at < size) {
      long data = from.nextData(at);
      if (data < 0 || data >= size) {
        break;
      }
      long end = Math.min(from.nextHole(data), size);
      at = copyRange(from, to, data, end);
      if (at < end) {
        return at;
      }
    }
    to.truncate(size);
    return size;
  }

  /** Writes bytes to the empty file {@code to}. */
  public void write(byte[] bytes, OpenFile to) throws IOException {
    for (int at = 0; at < bytes.length; at += BUFFER) {
      int n = Math.min(BUFFER, bytes.length - at);
      MemorySegment.copy(bytes, at, buffer, ValueLayout.JAVA_BYTE, 0, n);
      to.write(buffer.asSlice(0, n), at);
    }
  }

  /**
   * @return the offset reached: {@code end}, or where the source ends before
   */
  private long copyRange(OpenFile from, OpenFile to, long start, long end) throws IOException {
    long at = start;
    // One read and one write are cheaper than asking for what may be refused.
    if (end - start > BUFFER && kernelCopies) {
      from.seek(start);
      to.seek(start);
      at = copyInKernel(from, to, start, end);
      if (kernelCopies) {
        return at;
      }
    }
    while (at < end) {
      MemorySegment part = buffer.asSlice(0, Math.min(BUFFER, end - at));
      int n = from.read(part, at);
      if (n == 0) {
        return at;
      }
      to.write(part.asSlice(0, n), at);
      at += n;
    }
    return at;
  }

  private long copyInKernel(OpenFile from, OpenFile to, long start, long end) throws IOException {
    long at = start;
    while (at < end) {
      long n = FileCalls.copyFileRange(from.fd(), to.fd(), Math.min(end - at, 1L << 30));
      if (n == -Errno.EXDEV || n == -Errno.EINVAL || n == -Errno.ENOSYS || n == -Errno.EOPNOTSUPP) {
        kernelCopies = false;
        return at;
      }
      if (n < 0 && n != -Errno.EINTR) {
        throw new LinuxException("copy_file_range", from.name() + " to " + to.name(), (int) -n);
      }
      if (n == 0) {
        return at;
      }
      at += Math.max(n, 0);
    }
    return at;
  }

  @Override
  public void close() {
    arena.close();
  }
}
