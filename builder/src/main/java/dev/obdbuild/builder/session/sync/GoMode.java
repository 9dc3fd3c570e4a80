package dev.obdbuild.builder.session.sync;

import dev.obdbuild.linux.file.FileType;

/** A file's type and permissions in the bits of Go's {@code os.FileMode}, as packets have them. */
public final class GoMode {
  private static final int DIRECTORY = 1 << 31;
  private static final int SYMLINK = 1 << 27;
  private static final int DEVICE = 1 << 26;
  private static final int FIFO = 1 << 25;
  private static final int SOCKET = 1 << 24;
  private static final int SETUID = 1 << 23;
  private static final int SETGID = 1 << 22;
  private static final int CHARACTER = 1 << 21;
  private static final int STICKY = 1 << 20;
  private static final int TYPE = DIRECTORY | SYMLINK | DEVICE | FIFO | SOCKET | CHARACTER;
  private static final int KNOWN = TYPE | SETUID | SETGID | STICKY | 0777;

  private GoMode() {}

  /** The bits of a file's type and of its permissions, which may have the three bits above 0777. */
  public static int of(FileType type, int permissions) {
    int mode =
        switch (type) {
          case REGULAR -> 0;
          case DIRECTORY -> DIRECTORY;
          case SYMLINK -> SYMLINK;
          case CHARACTER -> DEVICE | CHARACTER;
          case BLOCK -> DEVICE;
          case FIFO -> FIFO;
          case SOCKET -> SOCKET;
        };
    mode |= permissions & 0777;
    mode |= (permissions & 04000) != 0 ? SETUID : 0;
    mode |= (permissions & 02000) != 0 ? SETGID : 0;
    mode |= (permissions & 01000) != 0 ? STICKY : 0;
    return mode;
  }

  static FileType type(int mode) throws MalformedPacketException {
    if ((mode & ~KNOWN) != 0) {
      throw new MalformedPacketException("mode 0x" + Integer.toHexString(mode) + " is unknown");
    }
    return switch (mode & TYPE) {
      case 0 -> FileType.REGULAR;
      case DIRECTORY -> FileType.DIRECTORY;
      case SYMLINK -> FileType.SYMLINK;
      case DEVICE | CHARACTER -> FileType.CHARACTER;
      case DEVICE -> FileType.BLOCK;
      case FIFO -> FileType.FIFO;
      default ->
          throw new MalformedPacketException(
              "mode 0x" + Integer.toHexString(mode) + " is of no type that is transferred");
    };
  }

  static int permissions(int mode) {
    return mode & 0777
        | ((mode & SETUID) != 0 ? 04000 : 0)
        | ((mode & SETGID) != 0 ? 02000 : 0)
        | ((mode & STICKY) != 0 ? 01000 : 0);
  }
}
