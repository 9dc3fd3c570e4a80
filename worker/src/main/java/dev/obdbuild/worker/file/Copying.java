package dev.obdbuild.worker.file;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.llb.FileAction;
import dev.obdbuild.llb.FileAction.CopyOptions;
import dev.obdbuild.oci.tar.TarReader;
import dev.obdbuild.snapshots.unpack.LayerApply;
import dev.obdbuild.snapshots.unpack.UnpackOptions;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.SourcePaths;
import dev.obdbuild.worker.content.TreeDir;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One COPY or ADD action: finds the sources, decides where each goes, and copies or unpacks it. */
final class Copying {
  private final FileAction.Copy copy;
  private final CopyOptions options;
  private final FileTree source;
  private final Destination to;
  private final CopyRules rules;
  private final ImagePath dest;
  private final List<String> warnings = new ArrayList<>();

  Copying(FileAction.Copy copy, FileTree source, Destination to) throws IOException {
    this.copy = copy;
    this.options = copy.options();
    this.source = source;
    this.to = to;
    this.rules = CopyRules.of(copy, to);
    this.dest = ImagePath.of(copy.dest());
  }

  /**
   * @return what was left out with no harm done
   */
  List<String> run() throws IOException {
    if (!options.createDestPath()) {
      RawPath real = to.root().resolve(dest.path(), true);
      if (to.root().find(real.parent(), false).isEmpty()) {
        throw new NotFoundInImageException(
            "failed to stat " + copy.dest() + ": no such file or directory");
      }
    }
    List<RawPath> sources =
        options.allowWildcard()
            ? SourcePaths.find(source, copy.src(), options.followSymlink())
            : List.of(ImagePath.of(copy.src()).path());
    if (sources.isEmpty() && !options.allowEmptyWildcard()) {
      throw new NotFoundInImageException(copy.src() + " not found");
    }
    for (RawPath path : sources) {
      if (!options.attemptUnpack() || !unpacked(path)) {
        copy(path);
      }
    }
    return warnings;
  }

  private boolean unpacked(RawPath path) throws IOException {
    RawPath real = source.resolve(path, true);
    Optional<Stat> stat = source.find(real);
    if (stat.isEmpty() || !stat.get().isRegular() || !Archives.isArchive(source, real)) {
      return false;
    }
    Destination plain = new Destination(to.root(), to.owner(), to.time());
    plain.mkdirs(dest.path(), 0755, into -> unpack(real, into));
    return true;
  }

  private void unpack(RawPath archive, RawPath into) throws IOException {
    try (OpenFile file = source.read(archive);
        TarReader tar = new TarReader(Archives.decompressed(file), "/" + archive);
        dev.obdbuild.linux.file.Root root = to.root().sub(into)) {
      warnings.addAll(
          LayerApply.apply(tar, root, UnpackOptions.archive(to.owner())).droppedXattrs());
    }
  }

  private void copy(RawPath path) throws IOException {
    RawPath real = source.resolve(path, options.followSymlink());
    // With a trailing slash the destination itself is made, else only what it lies in.
    RawPath ensured = dest.isDirectory() ? dest.path() : dest.path().parent();
    to.mkdirs(ensured, rules.newDirectory(), made -> place(path, real));
  }

  /**
   * Into a directory a file goes under its own name; a directory's contents go to the destination
   * itself.
   */
  private void place(RawPath path, RawPath real) throws IOException {
    Stat stat =
        source
            .find(real)
            .orElseThrow(
                () ->
                    new NotFoundInImageException("lstat /" + path + ": no such file or directory"));
    RawPath target = to.root().resolve(dest.path(), true);
    Optional<Stat> there = to.root().find(target, true);
    boolean into =
        stat.isDirectory()
            ? !options.dirCopyContents() && there.isPresent()
            : there.isPresent() && there.get().isDirectory();
    RawPath goal = into ? target.child(path.name()) : target;
    boolean makeGoal = options.dirCopyContents() && stat.isDirectory() && there.isEmpty();
    to.mkdirs(
        makeGoal ? goal : goal.parent(), rules.newDirectory(), made -> transfer(stat, real, goal));
  }

  private void transfer(Stat stat, RawPath real, RawPath goal) throws IOException {
    try (FileCopy files = new FileCopy(rules, to.root(), warnings)) {
      if (goal.isEmpty()) {
        rootContents(stat, real, files);
        return;
      }
      try (Dir parent = to.root().dir(goal.parent())) {
        if (stat.isDirectory()) {
          try (TreeDir dir = directory(real)) {
            new TreeCopy(rules, files).directory(dir, parent, goal.name());
          }
        } else {
          try (TreeDir in = directory(real.parent())) {
            files.copy(in, real.name(), stat, parent, goal.name());
          }
        }
      }
    }
  }

  /** The image's root has no name to copy to. */
  private void rootContents(Stat stat, RawPath real, FileCopy files) throws IOException {
    if (!stat.isDirectory()) {
      throw new IOException("cannot replace to directory / with file");
    }
    Dir top = to.root().dir(RawPath.EMPTY);
    try (top;
        TreeDir dir = directory(real)) {
      new TreeCopy(rules, files).intoRoot(dir, top);
    }
  }

  private TreeDir directory(RawPath real) throws IOException {
    return source
        .findDir(real)
        .orElseThrow(
            () -> new NotFoundInImageException("lstat /" + real + ": no such file or directory"));
  }
}
