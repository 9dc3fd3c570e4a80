package dev.obdbuild.worker.file;

import dev.obdbuild.linux.file.ContentCopy;
import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.linux.sys.LinuxException;
import dev.obdbuild.worker.content.ContentDigest;
import dev.obdbuild.worker.content.TreeDir;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Copies single files, anything but directories; files that are one file in the source become one
 * file again. Belongs to one thread.
 */
final class FileCopy implements AutoCloseable {
  private static final int MOST_WARNINGS = 100;

  private final CopyRules rules;
  private final Root root;
  private final ContentCopy contents = new ContentCopy();
  private final Map<Inode, RawPath> copied = new HashMap<>();
  private final List<String> warnings;

  private record Inode(long device, long number) {}

  /**
   * @param root that all destinations lie in; borrowed
   * @param warnings gets what was not copied and is not worth failing for
   */
  FileCopy(CopyRules rules, Root root, List<String> warnings) {
    this.rules = rules;
    this.root = root;
    this.warnings = warnings;
  }

  /**
   * Copies {@code name} of {@code source}, which {@code stat} describes, to {@code as} in {@code
   * dest}.
   */
  void copy(TreeDir source, RawPath name, Stat stat, Dir dest, RawPath as) throws IOException {
    switch (stat.type()) {
      case REGULAR -> regular(source, name, stat, dest, as);
      case SYMLINK -> {
        clear(dest, as);
        dest.symlink(as, source.readlink(name));
        dress(source, name, stat, dest, as);
      }
      case CHARACTER, BLOCK, FIFO, SOCKET -> {
        clear(dest, as);
        dest.mknod(as, stat.type(), rules.permissionsOf(stat), stat.rdevMajor(), stat.rdevMinor());
        dress(source, name, stat, dest, as);
      }
      case DIRECTORY ->
          throw new IllegalArgumentException("/" + source.path().child(name) + " is a directory");
    }
  }

  private void regular(TreeDir source, RawPath name, Stat stat, Dir dest, RawPath as)
      throws IOException {
    if (stat.links() > 1) {
      RawPath first =
          copied.putIfAbsent(new Inode(stat.device(), stat.inode()), dest.path().child(as));
      if (first != null && !first.equals(dest.path().child(as))) {
        clear(dest, as);
        try (Dir in = root.dir(first.parent())) {
          dest.link(as, in, first.name());
        }
        return;
      }
    }
    byte[] bytes = source.bytes(name);
    if (bytes != null) {
      try (OpenFile to = create(dest, as)) {
        contents.write(bytes, to);
        finish(stat, source.xattrs(name), to);
      }
      return;
    }
    try (OpenFile from = source.read(name);
        OpenFile to = create(dest, as)) {
      long copiedBytes = contents.copy(from, stat, to);
      source.confirm(name, from);
      if (copiedBytes != stat.size()) {
        throw new IOException(
            "/"
                + source.path().child(name)
                + " ends after "
                + copiedBytes
                + " of its "
                + stat.size()
                + " bytes");
      }
      finish(stat, source.xattrs(name, from), to);
    }
  }

  private void finish(Stat stat, Map<String, byte[]> xattrs, OpenFile to) throws IOException {
    to.chown(rules.ownerOf(stat));
    to.chmod(rules.permissionsOf(stat));
    xattrs(xattrs, to::setXattr, to.name());
    to.times(rules.atimeOf(stat), rules.mtimeOf(stat));
  }

  private OpenFile create(Dir dest, RawPath as) throws IOException {
    Optional<OpenFile> created = dest.tryCreateFile(as);
    if (created.isPresent()) {
      return created.get();
    }
    clear(dest, as);
    return dest.createFile(as);
  }

  private void dress(TreeDir source, RawPath name, Stat stat, Dir dest, RawPath as)
      throws IOException {
    dest.chown(as, rules.ownerOf(stat));
    if (stat.type() != FileType.SYMLINK) {
      dest.chmod(as, rules.permissionsOf(stat));
    }
    xattrs(
        source.xattrs(name), (key, value) -> dest.setXattr(as, key, value), dest.path().child(as));
    dest.times(as, rules.atimeOf(stat), rules.mtimeOf(stat));
  }

  /** Makes room for a file. */
  private void clear(Dir dest, RawPath as) throws IOException {
    Optional<Stat> there = dest.find(as);
    if (there.isEmpty()) {
      return;
    }
    if (there.get().isDirectory() && !rules.replace()) {
      throw new IOException("cannot replace to directory /" + dest.path().child(as) + " with file");
    }
    dest.remove(as);
  }

  /** Sets one attribute. */
  interface XattrTarget {
    void set(String key, byte[] value) throws IOException;
  }

  /** Copies attributes; one that the destination refuses is a warning, as it is with BuildKit. */
  void xattrs(Map<String, byte[]> xattrs, XattrTarget to, RawPath path) throws IOException {
    for (Map.Entry<String, byte[]> xattr : xattrs.entrySet()) {
      if (xattr.getKey().equals(ContentDigest.HOST_LABEL)) {
        continue;
      }
      try {
        to.set(xattr.getKey(), xattr.getValue());
      } catch (LinuxException e) {
        if (warnings.size() < MOST_WARNINGS) {
          warnings.add("/" + path + ": attribute not copied: " + e.getMessage());
        }
      }
    }
  }

  /** Warnings so far; the list given to the constructor. */
  List<String> warnings() {
    return new ArrayList<>(warnings);
  }

  @Override
  public void close() {
    contents.close();
  }
}
