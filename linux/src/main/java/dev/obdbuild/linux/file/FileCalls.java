package dev.obdbuild.linux.file;

import java.lang.foreign.MemorySegment;

/**
 * Calls on an open descriptor. Each returns what the kernel does, or minus errno. Buffers must be
 * native memory.
 */
final class FileCalls {
  static final int SEEK_DATA = 3;
  static final int SEEK_HOLE = 4;
  static final int FALLOC_FL_KEEP_SIZE = 1;
  static final int FALLOC_FL_PUNCH_HOLE = 2;

  private static final Native.Function CLOSE = Native.Function.of("close");
  private static final Native.Function READ = Native.Function.of("read");
  private static final Native.Function WRITE = Native.Function.of("write");
  private static final Native.Function PREAD = Native.Function.of("pread");
  private static final Native.Function PWRITE = Native.Function.of("pwrite");
  private static final Native.Function LSEEK = Native.Function.of("lseek");
  private static final Native.Function FTRUNCATE = Native.Function.of("ftruncate");
  private static final Native.Function FALLOCATE = Native.Function.of("fallocate");
  private static final Native.Function FCHOWN = Native.Function.of("fchown");
  private static final Native.Function FCHMOD = Native.Function.of("fchmod");
  private static final Native.Function FUTIMENS = Native.Function.of("futimens");
  private static final Native.Function FDATASYNC = Native.Function.of("fdatasync");
  private static final Native.Function GETDENTS = Native.Function.of("getdents64");
  private static final Native.Function COPY_FILE_RANGE = Native.Function.of("copy_file_range");

  private static final Native.Function MEMFD_CREATE = Native.Function.of("memfd_create");
  private static final int MFD_CLOEXEC = 1;

  private FileCalls() {}

  static int memfdCreate() {
    RawPath name = new RawPath("content");
    try (Native.Frame frame = Native.Frame.of(name)) {
      return MEMFD_CREATE.call(frame, frame.path(name), MFD_CLOEXEC, 0);
    }
  }

  static int close(int fd) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return CLOSE.call(frame, fd, 0, 0);
    }
  }

  static long read(int fd, MemorySegment buffer) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return READ.transfer(frame, fd, buffer, 0);
    }
  }

  static long write(int fd, MemorySegment buffer) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return WRITE.transfer(frame, fd, buffer, 0);
    }
  }

  static long pread(int fd, MemorySegment buffer, long offset) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return PREAD.transfer(frame, fd, buffer, offset);
    }
  }

  static long pwrite(int fd, MemorySegment buffer, long offset) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return PWRITE.transfer(frame, fd, buffer, offset);
    }
  }

  static long lseek(int fd, long offset, int whence) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return LSEEK.callLong(frame, fd, offset, whence, 0);
    }
  }

  static int ftruncate(int fd, long size) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return FTRUNCATE.call(frame, fd, size, 0);
    }
  }

  static int fallocate(int fd, int mode, long offset, long length) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return FALLOCATE.call(frame, fd, mode, offset, length);
    }
  }

  static int fchown(int fd, Owner owner) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return FCHOWN.call(frame, fd, owner.uid(), owner.gid());
    }
  }

  static int fchmod(int fd, int mode) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return FCHMOD.call(frame, fd, mode, 0);
    }
  }

  static int futimens(int fd, UnixTime atime, UnixTime mtime) {
    try (Native.Frame frame = new Native.Frame(Native.Frame.TIMES)) {
      return FUTIMENS.call(frame, fd, frame.times(atime, mtime), 0);
    }
  }

  static int fdatasync(int fd) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return FDATASYNC.call(frame, fd, 0, 0);
    }
  }

  static long getdents64(int fd, MemorySegment buffer) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return GETDENTS.transfer(frame, fd, buffer, 0);
    }
  }

  /** From and to both descriptors' own positions. */
  static long copyFileRange(int from, int to, long length) {
    try (Native.Frame frame = new Native.Frame(0)) {
      return COPY_FILE_RANGE.callLong(frame, from, 0, to, 0, length, 0);
    }
  }
}
