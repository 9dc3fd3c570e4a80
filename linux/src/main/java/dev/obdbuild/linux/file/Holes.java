package dev.obdbuild.linux.file;

import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.IOException;

/** Gives stored ranges of a file back to the filesystem. */
final class Holes {
  private Holes() {}

  /**
   * Frees the whole blocks of a range and zeroes the rest of it; the file's size stays.
   *
   * @param fd a descriptor open for writing
   * @param offset bytes from the start of the file
   * @param length bytes, more than zero
   * @param name of the file, for messages
   * @throws LinuxException EOPNOTSUPP where the filesystem cannot
   */
  static void punch(int fd, long offset, long length, String name) throws IOException {
    int result;
    do {
      result =
          FileCalls.fallocate(
              fd, FileCalls.FALLOC_FL_PUNCH_HOLE | FileCalls.FALLOC_FL_KEEP_SIZE, offset, length);
    } while (result == -Errno.EINTR);
    if (result < 0) {
      throw new LinuxException(
          "fallocate(PUNCH_HOLE, " + offset + "+" + length + ")", name, -result);
    }
  }
}
