package dev.obdbuild.linux.file;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What statx tells of a file.
 *
 * @param permissions the lower twelve bits of the mode
 * @param size bytes; a symlink's is its target's length
 * @param birth when the file was made; 1970 where the filesystem does not say
 * @param device the filesystem's number, major in the upper 32 bits
 * @param rdevMajor of the device that a node stands for
 * @param blocks allocated units of 512 bytes
 */
public record Stat(
    FileType type,
    int permissions,
    Owner owner,
    long size,
    UnixTime atime,
    UnixTime mtime,
    UnixTime ctime,
    UnixTime birth,
    long device,
    long inode,
    long links,
    int rdevMajor,
    int rdevMinor,
    long blocks) {

  /** Bytes of struct statx. */
  static final int STRUCT_SIZE = 256;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  /**
   * Reads a struct statx (man 2 statx gives the fields; offsets are those of every 64-bit Linux).
   */
  static Stat of(MemorySegment statx) {
    int mode = Short.toUnsignedInt(statx.get(ValueLayout.JAVA_SHORT, 28));
    return new Stat(
        FileType.ofMode(mode),
        mode & 07777,
        new Owner(
            Integer.toUnsignedLong(statx.get(INT, 20)), Integer.toUnsignedLong(statx.get(INT, 24))),
        statx.get(LONG, 40),
        time(statx, 64),
        time(statx, 112),
        time(statx, 96),
        time(statx, 80),
        (Integer.toUnsignedLong(statx.get(INT, 136)) << 32)
            | Integer.toUnsignedLong(statx.get(INT, 140)),
        statx.get(LONG, 32),
        Integer.toUnsignedLong(statx.get(INT, 16)),
        statx.get(INT, 128),
        statx.get(INT, 132),
        statx.get(LONG, 48));
  }

  private static UnixTime time(MemorySegment statx, long offset) {
    return new UnixTime(statx.get(LONG, offset), statx.get(INT, offset + 8));
  }

  /** The same file as if it belonged to {@code other}. */
  public Stat withOwner(Owner other) {
    return new Stat(
        type,
        permissions,
        other,
        size,
        atime,
        mtime,
        ctime,
        birth,
        device,
        inode,
        links,
        rdevMajor,
        rdevMinor,
        blocks);
  }

  /** True for a directory. */
  public boolean isDirectory() {
    return type == FileType.DIRECTORY;
  }

  /** True for a regular file. */
  public boolean isRegular() {
    return type == FileType.REGULAR;
  }

  /** True for a symbolic link. */
  public boolean isSymlink() {
    return type == FileType.SYMLINK;
  }

  /** Type and permissions as one mode_t. */
  public int mode() {
    return type.bits() | permissions;
  }
}
