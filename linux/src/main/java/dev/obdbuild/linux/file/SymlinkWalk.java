package dev.obdbuild.linux.file;

import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Follows a path component by component inside a root, tolerating what does not exist. */
final class SymlinkWalk {
  private static final int MOST_LINKS = 255;

  private final Root root;

  SymlinkWalk(Root root) {
    this.root = root;
  }

  RawPath resolve(RawPath path, boolean followLast) throws IOException {
    Deque<RawPath> ahead = new ArrayDeque<>(path.clean().components());
    RawPath at = RawPath.EMPTY;
    int links = 0;
    while (!ahead.isEmpty()) {
      RawPath name = ahead.removeFirst();
      if (name.latin1().equals(".")) {
        continue;
      }
      if (name.latin1().equals("..")) {
        at = at.parent();
        continue;
      }
      Optional<RawPath> target = ahead.isEmpty() && !followLast ? Optional.empty() : link(at, name);
      if (target.isEmpty()) {
        at = at.child(name);
        continue;
      }
      if (++links > MOST_LINKS) {
        throw new LinuxException("resolve", "/" + path.clean().text(), Errno.ELOOP);
      }
      if (target.get().latin1().startsWith("/")) {
        at = RawPath.EMPTY;
      }
      // Not cleaned by the letter: ".." inside a link's target is meant after following what stands
      // before it.
      java.util.List<RawPath> parts = target.get().components();
      for (int i = parts.size() - 1; i >= 0; i--) {
        ahead.addFirst(parts.get(i));
      }
    }
    return at;
  }

  /**
   * What the symlink {@code name} in {@code at} holds; empty when it is none. {@code at} holds no
   * symlinks itself.
   */
  private Optional<RawPath> link(RawPath at, RawPath name) throws IOException {
    Optional<Dir> dir = root.findDir(at);
    if (dir.isEmpty()) {
      return Optional.empty();
    }
    try (Dir open = dir.get()) {
      Optional<Stat> stat = open.find(name);
      return stat.isPresent() && stat.get().isSymlink()
          ? Optional.of(open.readlink(name))
          : Optional.empty();
    }
  }
}
