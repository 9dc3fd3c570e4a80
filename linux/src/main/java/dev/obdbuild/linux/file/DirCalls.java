package dev.obdbuild.linux.file;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The *at calls: a directory descriptor and a path. Each returns what the kernel does, or minus
 * errno.
 */
final class DirCalls {
  static final int O_RDONLY = 0;
  static final int O_WRONLY = 1;
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

  private static final MethodHandle OPENAT =
      Native.intCall("openat", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle MKDIRAT =
      Native.intCall("mkdirat", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle SYMLINKAT =
      Native.intCall("symlinkat", ADDRESS, JAVA_INT, ADDRESS);
  private static final MethodHandle LINKAT =
      Native.intCall("linkat", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle MKNODAT =
      Native.intCall("mknodat", JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG);
  private static final MethodHandle UNLINKAT =
      Native.intCall("unlinkat", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle RENAMEAT =
      Native.intCall("renameat", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
  private static final MethodHandle READLINKAT =
      Native.longCall("readlinkat", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
  private static final MethodHandle FCHOWNAT =
      Native.intCall("fchownat", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle FCHMODAT =
      Native.intCall("fchmodat", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle UTIMENSAT =
      Native.intCall("utimensat", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
  private static final MethodHandle STATX =
      Native.intCall("statx", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle SYSCALL = Native.rawSystemCall();

  private DirCalls() {}

  static int openat(int dir, RawPath path, int flags, int mode) {
    try (Native.Frame frame = Native.Frame.of(path)) {
      MemorySegment name = frame.path(path);
      return (int) frame.result((int) OPENAT.invokeExact(frame.errno(), dir, name, flags, mode));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int openat2(int dir, RawPath path, int flags, int mode, long resolve) {
    try (Native.Frame frame = new Native.Frame(24 + path.latin1().length() + 1L)) {
      MemorySegment how = frame.take(24);
      how.set(JAVA_LONG, 0, flags);
      how.set(JAVA_LONG, 8, mode);
      how.set(JAVA_LONG, 16, resolve);
      // The variadic syscall takes one pointer type here; the struct's address travels as a long.
      return (int)
          frame.result(
              (long)
                  SYSCALL.invokeExact(
                      frame.errno(),
                      SYS_OPENAT2,
                      (long) dir,
                      frame.path(path),
                      how.address(),
                      24L));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int mkdirat(int dir, RawPath path, int mode) {
    try (Native.Frame frame = Native.Frame.of(path)) {
      return (int)
          frame.result((int) MKDIRAT.invokeExact(frame.errno(), dir, frame.path(path), mode));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int symlinkat(RawPath target, int dir, RawPath path) {
    try (Native.Frame frame = Native.Frame.of(target, path)) {
      MemorySegment to = frame.path(target);
      return (int)
          frame.result((int) SYMLINKAT.invokeExact(frame.errno(), to, dir, frame.path(path)));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int linkat(int oldDir, RawPath oldPath, int newDir, RawPath newPath) {
    try (Native.Frame frame = Native.Frame.of(oldPath, newPath)) {
      MemorySegment from = frame.path(oldPath);
      MemorySegment to = frame.path(newPath);
      return (int)
          frame.result((int) LINKAT.invokeExact(frame.errno(), oldDir, from, newDir, to, 0));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int mknodat(int dir, RawPath path, int mode, long device) {
    try (Native.Frame frame = Native.Frame.of(path)) {
      return (int)
          frame.result(
              (int) MKNODAT.invokeExact(frame.errno(), dir, frame.path(path), mode, device));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int unlinkat(int dir, RawPath path, int flags) {
    try (Native.Frame frame = Native.Frame.of(path)) {
      return (int)
          frame.result((int) UNLINKAT.invokeExact(frame.errno(), dir, frame.path(path), flags));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int renameat(int oldDir, RawPath oldPath, int newDir, RawPath newPath) {
    try (Native.Frame frame = Native.Frame.of(oldPath, newPath)) {
      MemorySegment from = frame.path(oldPath);
      MemorySegment to = frame.path(newPath);
      return (int)
          frame.result((int) RENAMEAT.invokeExact(frame.errno(), oldDir, from, newDir, to));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** The link's target into {@code target[0]}; returns its length or minus errno. */
  static int readlinkat(int dir, RawPath path, RawPath[] target) {
    try (Native.Frame frame = new Native.Frame(PATH_MAX + path.latin1().length() + 1L)) {
      MemorySegment name = frame.path(path);
      MemorySegment buffer = frame.take(PATH_MAX);
      int length =
          (int)
              frame.result(
                  (long) READLINKAT.invokeExact(frame.errno(), dir, name, buffer, (long) PATH_MAX));
      if (length >= 0) {
        target[0] =
            RawPath.ofBytes(
                buffer.asSlice(0, length).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
      }
      return length;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int fchownat(int dir, RawPath path, Owner owner, int flags) {
    try (Native.Frame frame = Native.Frame.of(path)) {
      return (int)
          frame.result(
              (int)
                  FCHOWNAT.invokeExact(
                      frame.errno(),
                      dir,
                      frame.path(path),
                      (int) owner.uid(),
                      (int) owner.gid(),
                      flags));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** chmod that follows a symlink in the last component. */
  static int fchmodat(int dir, RawPath path, int mode) {
    try (Native.Frame frame = Native.Frame.of(path)) {
      return (int)
          frame.result((int) FCHMODAT.invokeExact(frame.errno(), dir, frame.path(path), mode, 0));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** chmod that refuses a symlink in the last component (EOPNOTSUPP); ENOSYS before Linux 6.6. */
  static int fchmodat2(int dir, RawPath path, int mode) {
    try (Native.Frame frame = Native.Frame.of(path)) {
      return (int)
          frame.result(
              (long)
                  SYSCALL.invokeExact(
                      frame.errno(),
                      SYS_FCHMODAT2,
                      (long) dir,
                      frame.path(path),
                      (long) mode,
                      (long) AT_SYMLINK_NOFOLLOW));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** Sets both times of the name itself, not of what a symlink points to. */
  static int utimensat(int dir, RawPath path, UnixTime atime, UnixTime mtime) {
    try (Native.Frame frame = new Native.Frame(32 + path.latin1().length() + 1L)) {
      MemorySegment times = frame.take(32);
      times.set(JAVA_LONG, 0, atime.seconds());
      times.set(JAVA_LONG, 8, atime.nanos());
      times.set(JAVA_LONG, 16, mtime.seconds());
      times.set(JAVA_LONG, 24, mtime.nanos());
      return (int)
          frame.result(
              (int)
                  UTIMENSAT.invokeExact(
                      frame.errno(), dir, frame.path(path), times, flagsFor(path)));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** Fills {@code into[0]}; {@code path} empty means the descriptor itself. */
  static int statx(int dir, RawPath path, Stat[] into) {
    try (Native.Frame frame = new Native.Frame(Stat.STRUCT_SIZE + path.latin1().length() + 1L)) {
      MemorySegment buffer = frame.take(Stat.STRUCT_SIZE);
      MemorySegment name = frame.path(path);
      int result =
          (int)
              frame.result(
                  (int)
                      STATX.invokeExact(
                          frame.errno(),
                          dir,
                          name,
                          flagsFor(path),
                          STATX_BASIC_STATS_AND_BTIME,
                          buffer));
      if (result >= 0) {
        into[0] = Stat.of(buffer);
      }
      return result;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private static int flagsFor(RawPath path) {
    return path.isEmpty() ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
  }

  /** A downcall throws nothing of its own: what arrives here is an Error or our own mistake. */
  static RuntimeException broken(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }
}
