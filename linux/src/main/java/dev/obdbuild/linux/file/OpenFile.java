package dev.obdbuild.linux.file;

import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;

/**
 * An open regular file. Calls with an offset may run concurrently; those without share one
 * position. Native segments go to the kernel as they are, heap ones through a bounce buffer. The
 * caller closes it; afterwards everything throws.
 */
public final class OpenFile implements Closeable {
  private static final int BOUNCE = 128 * 1024;

  private final RawPath name;
  private int fd;

  OpenFile(int fd, RawPath name) {
    this.fd = fd;
    this.name = name;
  }

  /** Opens a file of the host for reading. */
  public static OpenFile read(Path path) throws IOException {
    return host(path, DirCalls.O_RDONLY, 0);
  }

  /**
   * Opens a file of the host for reading and writing, creating it (mode 0600) when it is not there.
   */
  public static OpenFile readWrite(Path path) throws IOException {
    return host(path, DirCalls.O_RDWR | DirCalls.O_CREAT, 0600);
  }

  /**
   * Opens a file that is in memory only and holds {@code bytes}; it is gone when it is closed.
   *
   * @param name for messages
   */
  public static OpenFile inMemory(RawPath name, byte[] bytes) throws IOException {
    OpenFile file = new OpenFile(check("memfd_create", name, FileCalls.memfdCreate()), name);
    try {
      file.write(MemorySegment.ofArray(bytes), 0);
      return file;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static OpenFile host(Path path, int flags, int mode) throws IOException {
    RawPath name = RawPath.of(path.toString());
    int fd = DirCalls.openat(DirCalls.AT_FDCWD, name, flags | DirCalls.O_CLOEXEC, mode);
    return new OpenFile(check("open", name, fd), name);
  }

  private static int check(String call, RawPath name, long result) throws LinuxException {
    if (result < 0) {
      throw new LinuxException(call, name.text(), (int) -result);
    }
    return (int) result;
  }

  /** The descriptor, for calls of other packages; it stays this object's. */
  public int fd() {
    if (fd < 0) {
      throw new IllegalStateException(name + " is closed");
    }
    return fd;
  }

  /** The name it was opened by, for messages. */
  public RawPath name() {
    return name;
  }

  /** What the kernel knows of the file. */
  public Stat stat() throws IOException {
    Stat[] into = new Stat[1];
    check("statx", name, DirCalls.statx(fd(), RawPath.EMPTY, into));
    return into[0];
  }

  /** Reads at the file's position. @return bytes read, 0 at the end */
  public int read(MemorySegment into) throws IOException {
    return transfer(into, -1, false);
  }

  /** Reads at {@code offset}. @return bytes read, 0 at or past the end */
  public int read(MemorySegment into, long offset) throws IOException {
    return transfer(into, offset, false);
  }

  /** Fills {@code into} from {@code offset}. @throws EOFException when the file ends before */
  public void readFully(MemorySegment into, long offset) throws IOException {
    long done = 0;
    while (done < into.byteSize()) {
      int n = transfer(into.asSlice(done), offset + done, false);
      if (n == 0) {
        throw new EOFException(
            name
                + " ends at "
                + (offset + done)
                + ", wanted "
                + into.byteSize()
                + " bytes at "
                + offset);
      }
      done += n;
    }
  }

  /** Writes all of {@code from} at the file's position. */
  public void write(MemorySegment from) throws IOException {
    long done = 0;
    while (done < from.byteSize()) {
      done += transfer(from.asSlice(done), -1, true);
    }
  }

  /** Writes all of {@code from} at {@code offset}. */
  public void write(MemorySegment from, long offset) throws IOException {
    long done = 0;
    while (done < from.byteSize()) {
      done += transfer(from.asSlice(done), offset + done, true);
    }
  }

  private int transfer(MemorySegment segment, long offset, boolean write) throws IOException {
    if (segment.isNative()) {
      return nativeTransfer(
          segment.byteSize() > Integer.MAX_VALUE ? segment.asSlice(0, 1 << 30) : segment,
          offset,
          write);
    }
    try (Arena arena = Arena.ofConfined()) {
      long size = Math.min(segment.byteSize(), BOUNCE);
      MemorySegment bounce = arena.allocate(size);
      if (write) {
        MemorySegment.copy(segment, 0, bounce, 0, size);
        return nativeTransfer(bounce, offset, true);
      }
      int n = nativeTransfer(bounce, offset, false);
      MemorySegment.copy(bounce, 0, segment, 0, n);
      return n;
    }
  }

  private int nativeTransfer(MemorySegment segment, long offset, boolean write) throws IOException {
    while (true) {
      long n;
      if (write) {
        n = offset < 0 ? FileCalls.write(fd(), segment) : FileCalls.pwrite(fd(), segment, offset);
      } else {
        n = offset < 0 ? FileCalls.read(fd(), segment) : FileCalls.pread(fd(), segment, offset);
      }
      if (n != -Errno.EINTR) {
        return check(write ? "write" : "read", name, n);
      }
    }
  }

  /** Sets the file's position for reads and writes without an offset. */
  public void seek(long offset) throws IOException {
    long at = FileCalls.lseek(fd(), offset, 0);
    check("lseek", name, Math.min(at, 0));
  }

  /** The first byte at or after {@code offset} that is stored, or -1 when only a hole follows. */
  public long nextData(long offset) throws IOException {
    long at = FileCalls.lseek(fd(), offset, FileCalls.SEEK_DATA);
    if (at == -Errno.ENXIO) {
      return -1;
    }
    check("lseek", name, Math.min(at, 0));
    return at;
  }

  /** The first hole at or after {@code offset}; the file's end counts as one. */
  public long nextHole(long offset) throws IOException {
    long at = FileCalls.lseek(fd(), offset, FileCalls.SEEK_HOLE);
    check("lseek", name, Math.min(at, 0));
    return at;
  }

  /** Cuts or grows (with a hole) the file to {@code size} bytes. */
  public void truncate(long size) throws IOException {
    check("ftruncate", name, FileCalls.ftruncate(fd(), size));
  }

  /** Frees the blocks of a range; it reads as zeros and the size stays. */
  public void punch(long offset, long length) throws IOException {
    Holes.punch(fd(), offset, length, name.text());
  }

  /** Waits until the file's data is on the disk. */
  public void force() throws IOException {
    check("fdatasync", name, FileCalls.fdatasync(fd()));
  }

  /** Sets owner and group; the kernel takes setuid, setgid and capabilities away. */
  public void chown(Owner owner) throws IOException {
    check("fchown", name, FileCalls.fchown(fd(), owner));
  }

  /** Sets the lower twelve bits of the mode. */
  public void chmod(int permissions) throws IOException {
    check("fchmod", name, FileCalls.fchmod(fd(), permissions & 07777));
  }

  /** Sets both times. */
  public void times(UnixTime atime, UnixTime mtime) throws IOException {
    check("futimens", name, FileCalls.futimens(fd(), atime, mtime));
  }

  /** All extended attributes by name; none where the filesystem has none. */
  public Map<String, byte[]> xattrs() throws IOException {
    return XattrCalls.all(fd(), RawPath.EMPTY, name);
  }

  /** Sets one extended attribute, {@code security.*} included. */
  public void setXattr(String attribute, byte[] value) throws IOException {
    XattrCalls.set(fd(), RawPath.EMPTY, name, attribute, value);
  }

  /** Removes one extended attribute; no error when it is not there. */
  public void removeXattr(String attribute) throws IOException {
    XattrCalls.remove(fd(), RawPath.EMPTY, name, attribute);
  }

  @Override
  public void close() throws IOException {
    if (fd >= 0) {
      int closing = fd;
      fd = -1;
      check("close", name, FileCalls.close(closing));
    }
  }
}
