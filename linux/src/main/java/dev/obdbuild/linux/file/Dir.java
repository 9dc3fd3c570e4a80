package dev.obdbuild.linux.file;

import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An open directory. Every name given to it is ONE component (no slash, not {@code .} or {@code
 * ..}) and is never followed when it is a symlink, so nothing done here can leave the directory.
 * Modes are set as asked, whatever the umask. Thread-safe but for {@link #list()} and {@link
 * #close()}; the caller closes it.
 */
public final class Dir implements Closeable {
  private static final int OPEN_DIR =
      DirCalls.O_RDONLY | DirCalls.O_DIRECTORY | DirCalls.O_NOFOLLOW | DirCalls.O_CLOEXEC;
  private static final int OPEN_READ =
      DirCalls.O_RDONLY
          | DirCalls.O_NOFOLLOW
          | DirCalls.O_NONBLOCK
          | DirCalls.O_NOCTTY
          | DirCalls.O_CLOEXEC;
  private static final int OPEN_NEW =
      DirCalls.O_RDWR
          | DirCalls.O_CREAT
          | DirCalls.O_EXCL
          | DirCalls.O_NOFOLLOW
          | DirCalls.O_CLOEXEC;

  private final RawPath path;
  private int fd;

  Dir(int fd, RawPath path) {
    this.fd = fd;
    this.path = path;
  }

  int fd() {
    if (fd < 0) {
      throw new IllegalStateException("directory /" + path + " is closed");
    }
    return fd;
  }

  /** Where this directory was found below its root, for messages and for keys. */
  public RawPath path() {
    return path;
  }

  private int check(String call, RawPath name, int result) throws LinuxException {
    if (result < 0) {
      throw new LinuxException(call, "/" + path.child(name).text(), -result);
    }
    return result;
  }

  private static RawPath single(RawPath name) {
    String s = name.latin1();
    if (s.isEmpty() || s.indexOf('/') >= 0 || s.equals(".") || s.equals("..")) {
      throw new IllegalArgumentException("not a name of one component: \"" + name + "\"");
    }
    return name;
  }

  /** Opens the directory {@code name}. */
  public Dir openDir(RawPath name) throws IOException {
    int opened = check("open", name, DirCalls.openat(fd(), single(name), OPEN_DIR, 0));
    return new Dir(opened, path.child(name));
  }

  /** Opens the regular file {@code name} for reading. */
  public OpenFile openRead(RawPath name) throws IOException {
    int opened = check("open", name, DirCalls.openat(fd(), single(name), OPEN_READ, 0));
    return new OpenFile(opened, path.child(name));
  }

  /** Opens the regular file {@code name} for writing from its start, cutting it to nothing. */
  public OpenFile openTruncated(RawPath name) throws IOException {
    int flags =
        DirCalls.O_RDWR
            | DirCalls.O_TRUNC
            | DirCalls.O_NOFOLLOW
            | DirCalls.O_NOCTTY
            | DirCalls.O_CLOEXEC;
    int opened = check("open", name, DirCalls.openat(fd(), single(name), flags, 0));
    return new OpenFile(opened, path.child(name));
  }

  /**
   * Creates a regular file, mode 0600 until {@link OpenFile#chmod} says otherwise. @throws
   * LinuxException EEXIST when the name is taken
   */
  public OpenFile createFile(RawPath name) throws IOException {
    return tryCreateFile(name)
        .orElseThrow(() -> new LinuxException("open", "/" + path.child(name).text(), Errno.EEXIST));
  }

  /** Creates a regular file as {@link #createFile}; empty when the name is taken. */
  public Optional<OpenFile> tryCreateFile(RawPath name) throws IOException {
    int opened = DirCalls.openat(fd(), single(name), OPEN_NEW, 0600);
    if (opened == -Errno.EEXIST) {
      return Optional.empty();
    }
    return Optional.of(new OpenFile(check("open", name, opened), path.child(name)));
  }

  /** What {@code name} itself is. */
  public Stat stat(RawPath name) throws IOException {
    Stat[] into = new Stat[1];
    check("statx", name, DirCalls.statx(fd(), single(name), into));
    return into[0];
  }

  /** What {@code name} itself is; empty when there is no such name. */
  public Optional<Stat> find(RawPath name) throws IOException {
    Stat[] into = new Stat[1];
    int result = DirCalls.statx(fd(), single(name), into);
    if (result == -Errno.ENOENT) {
      return Optional.empty();
    }
    check("statx", name, result);
    return Optional.of(into[0]);
  }

  /** What this directory is. */
  public Stat stat() throws IOException {
    Stat[] into = new Stat[1];
    check("statx", RawPath.EMPTY, DirCalls.statx(fd(), RawPath.EMPTY, into));
    return into[0];
  }

  /** All names but {@code .} and {@code ..}, sorted by bytes; each call reads anew. */
  public List<DirEntry> list() throws IOException {
    long at = FileCalls.lseek(fd(), 0, 0);
    check("lseek", RawPath.EMPTY, (int) Math.min(at, 0));
    return Listing.read(this);
  }

  /** Makes a directory with exactly these permissions; false when the name is taken. */
  public boolean mkdir(RawPath name, int permissions) throws IOException {
    int result = DirCalls.mkdirat(fd(), single(name), 0700);
    if (result == -Errno.EEXIST) {
      return false;
    }
    check("mkdir", name, result);
    chmod(name, permissions);
    return true;
  }

  /** Makes a symlink that holds {@code target}. */
  public void symlink(RawPath name, RawPath target) throws IOException {
    check("symlink", name, DirCalls.symlinkat(target, fd(), single(name)));
  }

  /** Makes {@code name} another name of {@code other} in {@code in}; a symlink is linked itself. */
  public void link(RawPath name, Dir in, RawPath other) throws IOException {
    check("link", name, DirCalls.linkat(in.fd(), single(other), fd(), single(name)));
  }

  /** Makes a device node, FIFO or socket; numbers are unused for the last two. */
  public void mknod(RawPath name, FileType type, int permissions, int major, int minor)
      throws IOException {
    check(
        "mknod",
        name,
        DirCalls.mknodat(fd(), single(name), type.bits() | 0600, device(major, minor)));
    chmod(name, permissions);
  }

  /** The C library's dev_t. */
  private static long device(int major, int minor) {
    long hi = Integer.toUnsignedLong(major);
    long lo = Integer.toUnsignedLong(minor);
    return ((hi & ~0xfffL) << 32) | ((hi & 0xfff) << 8) | ((lo & ~0xffL) << 12) | (lo & 0xff);
  }

  /** Removes a name that is no directory. */
  public void unlink(RawPath name) throws IOException {
    check("unlink", name, DirCalls.unlinkat(fd(), single(name), 0));
  }

  /** Removes an empty directory. */
  public void rmdir(RawPath name) throws IOException {
    check("rmdir", name, DirCalls.unlinkat(fd(), single(name), DirCalls.AT_REMOVEDIR));
  }

  /**
   * Removes {@code name} and everything below it, following nothing; false when it is not there.
   */
  public boolean remove(RawPath name) throws IOException {
    int result = DirCalls.unlinkat(fd(), single(name), 0);
    if (result == -Errno.ENOENT) {
      return false;
    }
    if (result == -Errno.EISDIR) {
      try (Dir below = openDir(name)) {
        below.removeContents();
      }
      rmdir(name);
      return true;
    }
    check("unlink", name, result);
    return true;
  }

  /** Removes everything in this directory, following nothing. */
  public void removeContents() throws IOException {
    for (DirEntry entry : list()) {
      remove(entry.name());
    }
  }

  /**
   * Renames {@code name} to {@code newName} in {@code to}, replacing what is there as rename(2)
   * does.
   */
  public void rename(RawPath name, Dir to, RawPath newName) throws IOException {
    check("rename", name, DirCalls.renameat(fd(), single(name), to.fd(), single(newName)));
  }

  /** What the symlink {@code name} holds. */
  public RawPath readlink(RawPath name) throws IOException {
    RawPath[] target = new RawPath[1];
    check("readlink", name, DirCalls.readlinkat(fd(), single(name), target));
    return target[0];
  }

  /** Sets owner and group of the name itself. */
  public void chown(RawPath name, Owner owner) throws IOException {
    check(
        "chown", name, DirCalls.fchownat(fd(), single(name), owner, DirCalls.AT_SYMLINK_NOFOLLOW));
  }

  /** Sets the lower twelve bits of the mode. @throws LinuxException EOPNOTSUPP for a symlink */
  public void chmod(RawPath name, int permissions) throws IOException {
    int result = DirCalls.fchmodat2(fd(), single(name), permissions & 07777);
    // EPERM is also what a sandbox that does not know the call yet says.
    if (result == -Errno.ENOSYS || result == -Errno.EPERM) {
      result = chmodByDescriptor(name, permissions & 07777);
    }
    check("chmod", name, result);
  }

  /**
   * For kernels before 6.6: pins what the name is without following it, then changes exactly that.
   */
  private int chmodByDescriptor(RawPath name, int permissions) throws IOException {
    int pinned =
        check(
            "open",
            name,
            DirCalls.openat(
                fd(), name, DirCalls.O_PATH | DirCalls.O_NOFOLLOW | DirCalls.O_CLOEXEC, 0));
    try {
      return DirCalls.fchmodat(
          DirCalls.AT_FDCWD, new RawPath("/proc/self/fd/" + pinned), permissions);
    } finally {
      check("close", name, FileCalls.close(pinned));
    }
  }

  /** Sets both times of the name itself. */
  public void times(RawPath name, UnixTime atime, UnixTime mtime) throws IOException {
    check("utimensat", name, DirCalls.utimensat(fd(), single(name), atime, mtime));
  }

  /** Sets owner and group of this directory. */
  public void chown(Owner owner) throws IOException {
    check("fchown", RawPath.EMPTY, FileCalls.fchown(fd(), owner));
  }

  /** Sets the lower twelve bits of this directory's mode. */
  public void chmod(int permissions) throws IOException {
    check("fchmod", RawPath.EMPTY, FileCalls.fchmod(fd(), permissions & 07777));
  }

  /** Sets both times of this directory. */
  public void times(UnixTime atime, UnixTime mtime) throws IOException {
    check("futimens", RawPath.EMPTY, FileCalls.futimens(fd(), atime, mtime));
  }

  /** All extended attributes of the name itself. */
  public Map<String, byte[]> xattrs(RawPath name) throws IOException {
    return XattrCalls.all(fd(), single(name), path.child(name));
  }

  /** All extended attributes of this directory. */
  public Map<String, byte[]> xattrs() throws IOException {
    return XattrCalls.all(fd(), RawPath.EMPTY, path);
  }

  /** Sets one extended attribute of the name itself. */
  public void setXattr(RawPath name, String attribute, byte[] value) throws IOException {
    XattrCalls.set(fd(), single(name), path.child(name), attribute, value);
  }

  /** Sets one extended attribute of this directory. */
  public void setXattr(String attribute, byte[] value) throws IOException {
    XattrCalls.set(fd(), RawPath.EMPTY, path, attribute, value);
  }

  /** Removes one extended attribute of the name itself; no error when it is not there. */
  public void removeXattr(RawPath name, String attribute) throws IOException {
    XattrCalls.remove(fd(), single(name), path.child(name), attribute);
  }

  /** Removes one extended attribute of this directory; no error when it is not there. */
  public void removeXattr(String attribute) throws IOException {
    XattrCalls.remove(fd(), RawPath.EMPTY, path, attribute);
  }

  @Override
  public void close() throws IOException {
    if (fd >= 0) {
      int closing = fd;
      fd = -1;
      check("close", RawPath.EMPTY, FileCalls.close(closing));
    }
  }
}
