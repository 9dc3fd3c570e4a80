package dev.obdbuild.linux.file;

import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A directory of the host taken as the root of a file tree: every path is resolved by the kernel
 * inside it (openat2 with RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS). Absolute symlinks start at
 * this root, {@code ..} stops at it, and links of /proc are refused. Thread-safe but for {@link
 * #close()}; the caller closes it.
 */
public final class Root implements Closeable {
  private static final long RESOLVE_NO_MAGICLINKS = 0x02;
  private static final long RESOLVE_IN_ROOT = 0x10;

  /** openat2 gives EAGAIN when a rename happens meanwhile and it cannot be sure of a {@code ..}. */
  private static final int RACE_RETRIES = 128;

  private static final RawPath HERE = new RawPath(".");

  private final Path host;
  private final Dir top;

  private Root(Path host, Dir top) {
    this.host = host;
    this.top = top;
  }

  /** Opens the directory {@code host}; a symlink there is followed. */
  public static Root open(Path host) throws IOException {
    int fd =
        DirCalls.openat(
            DirCalls.AT_FDCWD,
            RawPath.of(host.toAbsolutePath().toString()),
            DirCalls.O_RDONLY | DirCalls.O_DIRECTORY | DirCalls.O_CLOEXEC,
            0);
    if (fd < 0) {
      throw new LinuxException("open", host.toString(), -fd);
    }
    return new Root(host, new Dir(fd, RawPath.EMPTY));
  }

  /**
   * The directory at {@code path}, symlinks followed, as a root of its own; the caller closes it.
   */
  public Root sub(RawPath path) throws IOException {
    int fd = opened(path, DirCalls.O_RDONLY | DirCalls.O_DIRECTORY);
    return new Root(host.resolve(path.clean().text()), new Dir(fd, RawPath.EMPTY));
  }

  /** Where the root lies on the host, for messages. */
  public Path host() {
    return host;
  }

  private int open2(RawPath path, int flags) {
    RawPath asked = path.isEmpty() ? HERE : path;
    int fd = -Errno.EAGAIN;
    for (int i = 0; i < RACE_RETRIES && fd == -Errno.EAGAIN; i++) {
      fd =
          DirCalls.openat2(
              top.fd(),
              asked,
              flags | DirCalls.O_CLOEXEC,
              0,
              RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
    }
    return fd;
  }

  private int opened(RawPath path, int flags) throws LinuxException {
    int fd = open2(path, flags);
    if (fd < 0) {
      throw new LinuxException("open", shown(path), -fd);
    }
    return fd;
  }

  private static String shown(RawPath path) {
    return path.latin1().startsWith("/") ? path.text() : "/" + path.text();
  }

  /** Opens the directory at {@code path}, symlinks followed. */
  public Dir dir(RawPath path) throws IOException {
    return new Dir(opened(path, DirCalls.O_RDONLY | DirCalls.O_DIRECTORY), path.clean());
  }

  /**
   * Opens the directory at {@code path}, symlinks followed; empty when something on the way is not
   * there.
   */
  public Optional<Dir> findDir(RawPath path) throws IOException {
    int fd = open2(path, DirCalls.O_RDONLY | DirCalls.O_DIRECTORY);
    if (fd == -Errno.ENOENT || fd == -Errno.ENOTDIR) {
      return Optional.empty();
    }
    if (fd < 0) {
      throw new LinuxException("open", shown(path), -fd);
    }
    return Optional.of(new Dir(fd, path.clean()));
  }

  /** Opens the regular file at {@code path} for reading, symlinks followed. */
  public OpenFile read(RawPath path) throws IOException {
    int flags = DirCalls.O_RDONLY | DirCalls.O_NONBLOCK | DirCalls.O_NOCTTY;
    return new OpenFile(opened(path, flags), path);
  }

  /** What {@code path} leads to, symlinks followed. */
  public Stat stat(RawPath path) throws IOException {
    return require(path, true);
  }

  /** What {@code path} is, the last component not followed. */
  public Stat lstat(RawPath path) throws IOException {
    return require(path, false);
  }

  private Stat require(RawPath path, boolean follow) throws IOException {
    return find(path, follow)
        .orElseThrow(() -> new LinuxException("statx", shown(path), Errno.ENOENT));
  }

  /**
   * What {@code path} is; empty when it, or a directory on the way, is not there or is not a
   * directory.
   */
  public Optional<Stat> find(RawPath path, boolean followLast) throws IOException {
    int fd = open2(path, DirCalls.O_PATH | (followLast ? 0 : DirCalls.O_NOFOLLOW));
    if (fd == -Errno.ENOENT || fd == -Errno.ENOTDIR) {
      return Optional.empty();
    }
    if (fd < 0) {
      throw new LinuxException("open", shown(path), -fd);
    }
    try (Dir pinned = new Dir(fd, path)) {
      return Optional.of(pinned.stat());
    }
  }

  /** All extended attributes of {@code path}, its last component not followed. */
  public Map<String, byte[]> xattrs(RawPath path) throws IOException {
    RawPath clean = path.clean();
    if (clean.isEmpty()) {
      return top.xattrs();
    }
    try (Dir parent = dir(clean.parent())) {
      return parent.xattrs(clean.name());
    }
  }

  /**
   * The path without symlinks that {@code path} leads to, whether it exists or not: components that
   * are not there are taken as they are. {@code ..} is cut by the letter before anything is
   * followed, as Docker does.
   *
   * @param followLast whether a symlink in the last component is followed too
   */
  public RawPath resolve(RawPath path, boolean followLast) throws IOException {
    return new SymlinkWalk(this).resolve(path, followLast);
  }

  /**
   * Makes {@code path} and what is missing above it, each with these permissions; what exists is
   * left alone.
   */
  public void mkdirs(RawPath path, int permissions) throws IOException {
    mkdirs(path, permissions, (dir, name) -> {});
  }

  /**
   * Makes {@code path} and what is missing above it. Symlinks on the way are followed inside the
   * root, those that lead nowhere get their target made.
   *
   * @param made told of every directory made, before anything is put into it
   * @return the path without symlinks
   */
  public RawPath mkdirs(RawPath path, int permissions, MadeDir made) throws IOException {
    RawPath real = resolve(path, true);
    Optional<Dir> there = findDir(real);
    if (there.isPresent()) {
      there.get().close();
      return real;
    }
    Dir at = dir(RawPath.EMPTY);
    try {
      for (RawPath name : real.components()) {
        if (at.mkdir(name, permissions)) {
          made.made(at, name);
        }
        Dir next = at.openDir(name);
        at.close();
        at = next;
      }
    } finally {
      at.close();
    }
    return real;
  }

  /** Is told that {@code name} was just made in {@code parent}. */
  @FunctionalInterface
  public interface MadeDir {
    /** May set owner, times or attributes; does not close {@code parent}. */
    void made(Dir parent, RawPath name) throws IOException;
  }

  @Override
  public void close() throws IOException {
    top.close();
  }
}
