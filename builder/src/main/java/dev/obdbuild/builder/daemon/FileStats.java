package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.build.FileEntry;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.protos.fsutil.Stat;

/** Attributes of files as messages, whose mode is Go's {@code os.FileMode}. */
final class FileStats {

  private static final int SETUID = 04000;
  private static final int SETGID = 02000;
  private static final int STICKY = 01000;

  private FileStats() {}

  static Stat of(FileEntry entry) {
    dev.obdbuild.linux.file.Stat stat = entry.stat();
    return Stat.newBuilder()
        .setPath(entry.name())
        .setMode(mode(stat))
        .setUid((int) stat.owner().uid())
        .setGid((int) stat.owner().gid())
        .setSize(stat.type() == FileType.DIRECTORY ? 0 : stat.size())
        .setModTime(stat.mtime().seconds() * 1_000_000_000L + stat.mtime().nanos())
        .setLinkname(entry.target())
        .setDevmajor(stat.rdevMajor())
        .setDevminor(stat.rdevMinor())
        .build();
  }

  private static int mode(dev.obdbuild.linux.file.Stat stat) {
    int mode = stat.permissions() & 0777;
    if ((stat.permissions() & SETUID) != 0) {
      mode |= 1 << 23;
    }
    if ((stat.permissions() & SETGID) != 0) {
      mode |= 1 << 22;
    }
    if ((stat.permissions() & STICKY) != 0) {
      mode |= 1 << 20;
    }
    return mode
        | switch (stat.type()) {
          case DIRECTORY -> 1 << 31;
          case SYMLINK -> 1 << 27;
          case BLOCK -> 1 << 26;
          case CHARACTER -> 1 << 26 | 1 << 21;
          case FIFO -> 1 << 25;
          case SOCKET -> 1 << 24;
          case REGULAR -> 0;
        };
  }
}
