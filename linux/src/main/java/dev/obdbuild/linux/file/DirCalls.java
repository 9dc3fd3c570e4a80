package dev.obdbuild.linux.file;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * The *at calls: a directory descriptor and a path. Each returns what the kernel does, or minus
 * errno.
 */
final class DirCalls {
  static final int O_RDONLY = 0;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0100;
  static final int O_EXCL = 0200;
  static final int O_NOCTTY = 0400;
  static final int O_TRUNC = 01000;
  static final int O_NONBLOCK = 04000;
  static final int O_NOFOLLOW = 0400000;
  static final int O_DIRECTORY = 0200000;
  static final int O_CLOEXEC = 02000000;
  static final int O_PATH = 010000000;

  static final int AT_FDCWD = -100;
  static final int AT_SYMLINK_NOFOLLOW = 0x100;
  static final int AT_REMOVEDIR = 0x200;
  static final int AT_EMPTY_PATH = 0x1000;

  private static final int STATX_BASIC_STATS_AND_BTIME = 0xfff;
  private static final long SYS_OPENAT2 = 437;
  private static final long SYS_FCHMODAT2 = 452;
  private static final int PATH_MAX = 4096;
  private static final int OPEN_HOW = 24;

  private static final Native.Function OPENAT = Native.Function.of("openat");
  private static final Native.Function MKDIRAT = Native.Function.of("mkdirat");
  private static final Native.Function SYMLINKAT = Native.Function.of("symlinkat");
  private static final Native.Function LINKAT = Native.Function.of("linkat");
  private static final Native.Function MKNODAT = Native.Function.of("mknodat");
  private static final Native.Function UNLINKAT = Native.Function.of("unlinkat");
  private static final Native.Function RENAMEAT = Native.Function.of("renameat");
  private static final Native.Function READLINKAT = Native.Function.of("readlinkat");
  private static final Native.Function FCHOWNAT = Native.Function.of("fchownat");
  private static final Native.Function FCHMODAT = Native.Function.of("fchmodat");
  private static final Native.Function UTIMENSAT = Native.Function.of("utimensat");
  private static final Native.Function STATX = Native.Function.of("statx");
  private static final Native.Function SYSCALL = Native.Function.of("syscall");

  private DirCalls() {}

  static int openat(int dir, RawPath path, int flags, int mode) {
    try (Native.Frame frame = Native.Frame.of(path)) {
      return OPENAT.call(frame, dir, frame.path(path), flags, mode);
    }
  }

  static int openat2(int dir, RawPath path, int flags, int mode, long resolve) {
    try (Native.Frame frame = new Native.Frame(OPEN_HOW + path.latin1().length() + 1L)) {
      MemorySegment how = frame.take(OPEN_HOW);
      how.set(JAVA_LONG, 0, flags);
      how.set(JAVA_LONG, 8, mode);
      how.set(JAVA_LONG, 16, resolve);
      return (int)
          SYSCALL.callLong(frame, SYS_OPENAT2, dir, frame.path(path), how.address(), OPEN_HOW, 0);
    }
  }

  static int mkdirat(int dir, RawPath path, int mode) {
    try (Native.Frame frame = Native.Frame.of(path)) {
      return MKDIRAT.call(frame, dir, frame.path(path), mode);
    }
  }

  static int symlinkat(RawPath target, int dir, RawPath path) {
    try (Native.Frame frame = Native.Frame.of(target, path)) {
      return SYMLINKAT.call(frame, frame.path(target), dir, frame.path(path));
    }
  }

  static int linkat(int oldDir, RawPath oldPath, int newDir, RawPath newPath) {
    try (Native.Frame frame = Native.Frame.of(oldPath, newPath)) {
      return LINKAT.call(frame, oldDir, frame.path(oldPath), newDir, frame.path(newPath), 0);
    }
  }

  static int mknodat(int dir, RawPath path, int mode, long device) {
    try (Native.Frame frame = Native.Frame.of(path)) {
      return MKNODAT.call(frame, dir, frame.path(path), mode, device);
    }
  }

  static int unlinkat(int dir, RawPath path, int flags) {
    try (Native.Frame frame = Native.Frame.of(path)) {
      return UNLINKAT.call(frame, dir, frame.path(path), flags);
    }
  }

  static int renameat(int oldDir, RawPath oldPath, int newDir, RawPath newPath) {
    try (Native.Frame frame = Native.Frame.of(oldPath, newPath)) {
      return RENAMEAT.call(frame, oldDir, frame.path(oldPath), newDir, frame.path(newPath));
    }
  }

  /** The link's target into {@code target[0]}; returns its length or minus errno. */
  static int readlinkat(int dir, RawPath path, RawPath[] target) {
    try (Native.Frame frame = new Native.Frame(PATH_MAX + path.latin1().length() + 1L)) {
      MemorySegment buffer = frame.take(PATH_MAX);
      int length =
          (int) READLINKAT.callLong(frame, dir, frame.path(path), buffer.address(), PATH_MAX);
      if (length >= 0) {
        target[0] = RawPath.ofBytes(buffer.asSlice(0, length).toArray(JAVA_BYTE));
      }
      return length;
    }
  }

  static int fchownat(int dir, RawPath path, Owner owner, int flags) {
    try (Native.Frame frame = Native.Frame.of(path)) {
      return FCHOWNAT.call(frame, dir, frame.path(path), owner.uid(), owner.gid(), flags);
    }
  }

  /** chmod that follows a symlink in the last component. */
  static int fchmodat(int dir, RawPath path, int mode) {
    try (Native.Frame frame = Native.Frame.of(path)) {
      return FCHMODAT.call(frame, dir, frame.path(path), mode, 0);
    }
  }

  /** chmod that refuses a symlink in the last component (EOPNOTSUPP); ENOSYS before Linux 6.6. */
  static int fchmodat2(int dir, RawPath path, int mode) {
    try (Native.Frame frame = Native.Frame.of(path)) {
      return (int)
          SYSCALL.callLong(
              frame, SYS_FCHMODAT2, dir, frame.path(path), mode, AT_SYMLINK_NOFOLLOW, 0);
    }
  }

  /** Sets both times of the name itself, not of what a symlink points to. */
  static int utimensat(int dir, RawPath path, UnixTime atime, UnixTime mtime) {
    try (Native.Frame frame = new Native.Frame(Native.Frame.TIMES + path.latin1().length() + 1L)) {
      long times = frame.times(atime, mtime);
      return UTIMENSAT.call(frame, dir, frame.path(path), times, flagsFor(path));
    }
  }

  /** Fills {@code into[0]}; {@code path} empty means the descriptor itself. */
  static int statx(int dir, RawPath path, Stat[] into) {
    try (Native.Frame frame = new Native.Frame(Stat.STRUCT_SIZE + path.latin1().length() + 1L)) {
      MemorySegment buffer = frame.take(Stat.STRUCT_SIZE);
      int result =
          STATX.call(
              frame,
              dir,
              frame.path(path),
              flagsFor(path),
              STATX_BASIC_STATS_AND_BTIME,
              buffer.address());
      if (result >= 0) {
        into[0] = Stat.of(buffer);
      }
      return result;
    }
  }

  /**
   * Fills {@code buffer}, a struct statx, for one name.
   *
   * @param frame of the caller, used again
   * @param name address of a C string
   */
  static int statx(Native.Frame frame, int dir, long name, MemorySegment buffer) {
    return STATX.call(
        frame, dir, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS_AND_BTIME, buffer.address());
  }

  private static int flagsFor(RawPath path) {
    return path.isEmpty() ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
  }
}
