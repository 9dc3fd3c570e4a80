package dev.obdbuild.snapshots.unpack;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Removals that a layer asks for. They concern only what lay there before the layer: what the layer
 * itself brought stays, in whatever order its entries come. {@code .wh.NAME} removes NAME, {@code
 * .wh..wh..opq} all that its directory held; other {@code .wh..wh.} names are notes of AUFS and
 * mean nothing.
 */
final class Whiteouts {
  private static final String PREFIX = ".wh.";
  private static final String META = ".wh..wh.";
  private static final String OPAQUE = ".wh..wh..opq";

  private final OpenDirs dirs;

  /** Paths that this layer brought, and the directories above them. */
  private final Set<RawPath> brought = new HashSet<>();

  Whiteouts(OpenDirs dirs) {
    this.dirs = dirs;
  }

  static boolean isWhiteout(RawPath name) {
    return name.latin1().startsWith(PREFIX);
  }

  /** Notes that the layer brought {@code path}. */
  void brought(RawPath path) {
    RawPath at = path;
    while (!at.isEmpty() && brought.add(at)) {
      at = at.parent();
    }
  }

  /** Carries out the whiteout at {@code path}; one for something that is not there does nothing. */
  void apply(RawPath path) throws IOException {
    String name = path.name().latin1();
    Optional<Dir> found = dirs.reopen(path.parent());
    if (found.isEmpty()) {
      return;
    }
    try (Dir dir = found.get()) {
      if (name.equals(OPAQUE)) {
        prune(dir, path.parent());
      } else if (!name.startsWith(META)) {
        String hidden = name.substring(PREFIX.length());
        if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
          throw new UnpackException("the whiteout names nothing that could be removed");
        }
        RawPath target = new RawPath(hidden);
        remove(dir, target, path.parent().child(target));
      }
    }
  }

  private void remove(Dir parent, RawPath name, RawPath path) throws IOException {
    Optional<Stat> stat = parent.find(name);
    if (stat.isEmpty()) {
      return;
    }
    if (!brought.contains(path)) {
      parent.remove(name);
      if (stat.get().isDirectory() || stat.get().isSymlink()) {
        dirs.forget(path, parent);
      }
    } else if (stat.get().isDirectory()) {
      try (Dir below = parent.openDir(name)) {
        prune(below, path);
      }
    }
  }

  private void prune(Dir dir, RawPath path) throws IOException {
    for (DirEntry entry : dir.list()) {
      RawPath child = path.child(entry.name());
      if (!brought.contains(child) || entry.type() == FileType.DIRECTORY) {
        remove(dir, entry.name(), child);
      }
    }
  }
}
