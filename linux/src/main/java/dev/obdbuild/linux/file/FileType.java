package dev.obdbuild.linux.file;

/** What a directory entry is. */
public enum FileType {
  REGULAR(0100000, 8),
  DIRECTORY(0040000, 4),
  SYMLINK(0120000, 10),
  CHARACTER(0020000, 2),
  BLOCK(0060000, 6),
  FIFO(0010000, 1),
  SOCKET(0140000, 12);

  /** {@link #values} copies. */
  private static final FileType[] ALL = values();

  private static final int MASK = 0170000;

  private final int bits;
  private final int direntType;

  FileType(int bits, int direntType) {
    this.bits = bits;
    this.direntType = direntType;
  }

  /** The S_IFMT bits of this type, to be joined with permission bits. */
  public int bits() {
    return bits;
  }

  /**
   * The type in {@code mode}'s S_IFMT bits. @throws IllegalArgumentException for none of Linux's
   * seven
   */
  public static FileType ofMode(int mode) {
    for (FileType type : ALL) {
      if ((mode & MASK) == type.bits) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "file mode " + Integer.toOctalString(mode) + " has no known type");
  }

  /** The type that a dirent's d_type names, or null when the filesystem does not say. */
  static @org.jspecify.annotations.Nullable FileType ofDirent(int direntType) {
    for (FileType type : ALL) {
      if (direntType == type.direntType) {
        return type;
      }
    }
    return null;
  }
}
