package dev.obdbuild.linux.mount;

import java.util.Collection;

/** Flags of mount(2). */
public enum MountFlag {
  READ_ONLY(1),
  NO_SUID(2),
  NO_DEV(4),
  NO_EXEC(8),
  REMOUNT(32),
  NO_ATIME(1 << 10),
  NO_DIR_ATIME(1 << 11),
  BIND(1 << 12),
  MOVE(1 << 13),
  RECURSIVE(1 << 14),
  SILENT(1 << 15),
  UNBINDABLE(1 << 17),
  PRIVATE(1 << 18),
  SLAVE(1 << 19),
  SHARED(1 << 20);

  private final long bit;

  MountFlag(long bit) {
    this.bit = bit;
  }

  static long bits(Collection<MountFlag> flags) {
    long bits = 0;
    for (MountFlag flag : flags) {
      bits |= flag.bit;
    }
    return bits;
  }
}
