package dev.obdbuild.linux.file;

import static dev.obdbuild.linux.file.DirCalls.broken;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Calls on an open descriptor. Each returns what the kernel does, or minus errno. Buffers must be
 * native memory.
 */
final class FileCalls {
  static final int SEEK_DATA = 3;
  static final int SEEK_HOLE = 4;
  static final int FALLOC_FL_KEEP_SIZE = 1;
  static final int FALLOC_FL_PUNCH_HOLE = 2;

  private static final MethodHandle CLOSE = Native.intCall("close", JAVA_INT);
  private static final MethodHandle READ = Native.longCall("read", JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle WRITE = Native.longCall("write", JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle PREAD =
      Native.longCall("pread", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle PWRITE =
      Native.longCall("pwrite", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle LSEEK = Native.longCall("lseek", JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle FTRUNCATE = Native.intCall("ftruncate", JAVA_INT, JAVA_LONG);
  private static final MethodHandle FALLOCATE =
      Native.intCall("fallocate", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle FCHOWN = Native.intCall("fchown", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle FCHMOD = Native.intCall("fchmod", JAVA_INT, JAVA_INT);
  private static final MethodHandle FUTIMENS = Native.intCall("futimens", JAVA_INT, ADDRESS);
  private static final MethodHandle FDATASYNC = Native.intCall("fdatasync", JAVA_INT);
  private static final MethodHandle GETDENTS =
      Native.longCall("getdents64", JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle COPY_FILE_RANGE =
      Native.longCall("copy_file_range", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

  private FileCalls() {}

  static int close(int fd) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return (int) frame.result((int) CLOSE.invokeExact(frame.errno(), fd));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static long read(int fd, MemorySegment buffer) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return frame.result((long) READ.invokeExact(frame.errno(), fd, buffer, buffer.byteSize()));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static long write(int fd, MemorySegment buffer) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return frame.result((long) WRITE.invokeExact(frame.errno(), fd, buffer, buffer.byteSize()));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static long pread(int fd, MemorySegment buffer, long offset) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return frame.result(
          (long) PREAD.invokeExact(frame.errno(), fd, buffer, buffer.byteSize(), offset));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static long pwrite(int fd, MemorySegment buffer, long offset) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return frame.result(
          (long) PWRITE.invokeExact(frame.errno(), fd, buffer, buffer.byteSize(), offset));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static long lseek(int fd, long offset, int whence) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return frame.result((long) LSEEK.invokeExact(frame.errno(), fd, offset, whence));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int ftruncate(int fd, long size) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return (int) frame.result((int) FTRUNCATE.invokeExact(frame.errno(), fd, size));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int fallocate(int fd, int mode, long offset, long length) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return (int)
          frame.result((int) FALLOCATE.invokeExact(frame.errno(), fd, mode, offset, length));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int fchown(int fd, Owner owner) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return (int)
          frame.result(
              (int) FCHOWN.invokeExact(frame.errno(), fd, (int) owner.uid(), (int) owner.gid()));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int fchmod(int fd, int mode) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return (int) frame.result((int) FCHMOD.invokeExact(frame.errno(), fd, mode));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int futimens(int fd, UnixTime atime, UnixTime mtime) {
    try (Native.Frame frame = new Native.Frame(32)) {
      MemorySegment times = frame.take(32);
      times.set(JAVA_LONG, 0, atime.seconds());
      times.set(JAVA_LONG, 8, atime.nanos());
      times.set(JAVA_LONG, 16, mtime.seconds());
      times.set(JAVA_LONG, 24, mtime.nanos());
      return (int) frame.result((int) FUTIMENS.invokeExact(frame.errno(), fd, times));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int fdatasync(int fd) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return (int) frame.result((int) FDATASYNC.invokeExact(frame.errno(), fd));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static long getdents64(int fd, MemorySegment buffer) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return frame.result(
          (long) GETDENTS.invokeExact(frame.errno(), fd, buffer, buffer.byteSize()));
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** From and to both descriptors' own positions. */
  static long copyFileRange(int from, int to, long length) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return frame.result(
          (long)
              COPY_FILE_RANGE.invokeExact(
                  frame.errno(), from, MemorySegment.NULL, to, MemorySegment.NULL, length, 0));
    } catch (Throwable e) {
      throw broken(e);
    }
  }
}
