package dev.obdbuild.linux.ext;

import dev.obdbuild.linux.sys.Descriptor;
import dev.obdbuild.linux.sys.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * FITRIM: has a filesystem discard its free blocks. Works on a read-only mount that has no journal.
 */
public final class Trim implements AutoCloseable {
  private static final long FITRIM = 0xC0185879L;

  private final Descriptor folder;

  private Trim(Descriptor folder) {
    this.folder = folder;
  }

  /** For the filesystem mounted at {@code target}. The caller closes it before unmounting. */
  public static Trim of(Path target) throws LinuxException {
    return new Trim(Descriptor.directory(target));
  }

  /**
   * Discards the free blocks inside a range of the filesystem's bytes.
   *
   * @param minLength shorter runs of free bytes are left alone
   * @return the bytes discarded, as the filesystem counts
   */
  public long range(long offset, long length, long minLength) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment range = arena.allocate(24, 8);
      range.set(ValueLayout.JAVA_LONG, 0, offset);
      range.set(ValueLayout.JAVA_LONG, 8, length);
      range.set(ValueLayout.JAVA_LONG, 16, minLength);
      folder.ioctl("FITRIM(" + offset + "+" + length + ")", FITRIM, range.address());
      return range.get(ValueLayout.JAVA_LONG, 8);
    }
  }

  @Override
  public void close() throws LinuxException {
    folder.close();
  }
}
