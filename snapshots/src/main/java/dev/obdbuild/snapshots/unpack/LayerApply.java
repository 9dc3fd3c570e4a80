package dev.obdbuild.snapshots.unpack;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.linux.file.UnixTime;
import dev.obdbuild.linux.sys.LinuxException;
import dev.obdbuild.oci.tar.TarEntry;
import dev.obdbuild.oci.tar.TarReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Unpacks one archive into a folder, which may hold lower layers already. Entries apply in order
 * and the last of a name wins. Names are taken relative to the folder whatever they look like
 * ({@code ../x} and {@code /x} are {@code x}), and no symlink leads out of it; an entry for the
 * folder itself is skipped. Directories that the archive touches without listing them keep their
 * time.
 */
public final class LayerApply {
  private final UnpackOptions options;
  private final OpenDirs dirs;
  private final Whiteouts whiteouts;
  private final Attributes attributes;

  /** Whether something lay there before, which whiteouts could hide. */
  private final boolean hasLower;

  private final FileContent content;
  private long entries;

  private LayerApply(UnpackOptions options, Root root, FileContent content) throws IOException {
    this.options = options;
    this.dirs = new OpenDirs(root);
    this.whiteouts = new Whiteouts(dirs);
    this.attributes = new Attributes();
    this.content = content;
    try (Dir top = root.dir(RawPath.EMPTY)) {
      this.hasLower = !top.list().isEmpty();
    }
  }

  /**
   * Unpacks all that is left of {@code archive}, which stays open.
   *
   * @throws UnpackException naming the entry that could not be unpacked; what came before it is
   *     then there
   */
  public static UnpackReport apply(TarReader archive, Path folder, UnpackOptions options)
      throws IOException {
    try (Root root = Root.open(folder)) {
      return apply(archive, root, options);
    }
  }

  /** As the other form; borrows {@code root}. */
  public static UnpackReport apply(TarReader archive, Root root, UnpackOptions options)
      throws IOException {
    try (FileContent content = new FileContent(archive)) {
      LayerApply apply = new LayerApply(options, root, content);
      try (OpenDirs dirs = apply.dirs) {
        for (Optional<TarEntry> entry = archive.next(); entry.isPresent(); entry = archive.next()) {
          apply.named(entry.get());
        }
        dirs.applyTimes();
      }
      return new UnpackReport(apply.entries, content.written(), apply.attributes.dropped());
    }
  }

  private void named(TarEntry entry) throws IOException {
    try {
      entry(entry);
      entries++;
    } catch (IOException | IllegalArgumentException e) {
      String message =
          "cannot unpack "
              + entry.nameText()
              + " (header at byte "
              + entry.offset()
              + "): "
              + e.getMessage();
      throw new UnpackException(message, e instanceof IOException io ? io : new IOException(e));
    }
  }

  private void entry(TarEntry entry) throws IOException {
    RawPath path = new RawPath(entry.name()).clean();
    if (path.isEmpty()) {
      return;
    }
    RawPath name = path.name();
    if (options.whiteouts() && Whiteouts.isWhiteout(name)) {
      if (hasLower) {
        whiteouts.apply(path);
      }
      return;
    }
    if (entry.type() == TarEntry.Type.HARD_LINK) {
      hardLink(path, entry);
    } else {
      Dir parent = dirs.make(path.parent());
      switch (entry.type()) {
        case FILE -> file(parent, path, entry);
        case DIRECTORY -> directory(parent, path, entry);
        case SYMLINK -> {
          RawPath target = new RawPath(entry.linkName());
          replacing(parent, path, () -> parent.symlink(name, target));
          attributes.set(parent, name, entry, owner(entry), false);
        }
        case CHARACTER_DEVICE -> node(parent, path, entry, FileType.CHARACTER);
        case BLOCK_DEVICE -> node(parent, path, entry, FileType.BLOCK);
        case FIFO -> node(parent, path, entry, FileType.FIFO);
        case HARD_LINK -> throw new IllegalStateException("hard links are handled before");
      }
    }
    if (options.whiteouts() && hasLower) {
      whiteouts.brought(path);
    }
  }

  private Owner owner(TarEntry entry) {
    return options.owner().orElseGet(() -> new Owner(entry.uid(), entry.gid()));
  }

  private void file(Dir parent, RawPath path, TarEntry entry) throws IOException {
    Optional<OpenFile> created = parent.tryCreateFile(path.name());
    if (created.isEmpty()) {
      removeAt(parent, path);
      created = Optional.of(parent.createFile(path.name()));
    }
    try (OpenFile file = created.get()) {
      content.write(entry, file);
      attributes.set(file, entry, owner(entry));
    }
  }

  private void directory(Dir parent, RawPath path, TarEntry entry) throws IOException {
    RawPath name = path.name();
    boolean made = parent.mkdir(name, entry.mode());
    if (!made && !parent.stat(name).isDirectory()) {
      removeAt(parent, path);
      made = parent.mkdir(name, entry.mode());
    }
    if (!made) {
      try (Dir there = parent.openDir(name)) {
        directoryAttributes(there, path, entry);
      }
      return;
    }
    parent.chown(name, owner(entry));
    attributes.xattrs(parent, name, entry);
    dirs.setTime(path, time(entry));
  }

  private void directoryAttributes(Dir dir, RawPath path, TarEntry entry) throws IOException {
    dir.chown(owner(entry));
    dir.chmod(entry.mode());
    if (options.whiteouts()) {
      attributes.removeOthers(dir, entry);
    }
    attributes.xattrs(dir, entry);
    dirs.setTime(path, time(entry));
  }

  private void node(Dir parent, RawPath path, TarEntry entry, FileType type) throws IOException {
    RawPath name = path.name();
    replacing(
        parent,
        path,
        () -> parent.mknod(name, type, entry.mode(), entry.devMajor(), entry.devMinor()));
    attributes.set(parent, name, entry, owner(entry), true);
  }

  /**
   * The link's own header says nothing of the file: mode, owner and time stay those of the target.
   */
  private void hardLink(RawPath path, TarEntry entry) throws IOException {
    RawPath target = new RawPath(entry.linkName()).clean();
    if (target.isEmpty()) {
      throw new UnpackException("the hard link leads to the root directory");
    }
    if (target.equals(path)) {
      return;
    }
    Dir parent = dirs.make(path.parent());
    Optional<Dir> targetDir = dirs.find(target.parent());
    Optional<Stat> there =
        targetDir.isEmpty() ? Optional.empty() : targetDir.get().find(target.name());
    if (there.isEmpty() || there.get().isDirectory()) {
      throw new UnpackException(
          "its hard link target "
              + target
              + (there.isEmpty() ? " is not there" : " is a directory"));
    }
    // Looked up again each time: making room for the link may close directories.
    replacing(
        parent, path, () -> parent.link(path.name(), dirs.make(target.parent()), target.name()));
  }

  /** Something that makes a name and fails with EEXIST when it is taken. */
  private interface Making {
    void make() throws IOException;
  }

  private void replacing(Dir parent, RawPath path, Making making) throws IOException {
    try {
      making.make();
    } catch (LinuxException e) {
      if (!e.is(dev.obdbuild.linux.sys.Errno.EEXIST)) {
        throw e;
      }
      removeAt(parent, path);
      making.make();
    }
  }

  private void removeAt(Dir parent, RawPath path) throws IOException {
    Stat stat = parent.stat(path.name());
    parent.remove(path.name());
    if (stat.isDirectory() || stat.isSymlink()) {
      dirs.forget(path, parent);
    }
  }

  static UnixTime time(TarEntry entry) {
    return new UnixTime(entry.mtime().seconds(), entry.mtime().nanos());
  }
}
