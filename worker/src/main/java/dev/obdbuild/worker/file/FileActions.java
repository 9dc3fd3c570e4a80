package dev.obdbuild.worker.file;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.UnixTime;
import dev.obdbuild.llb.FileAction;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.MountedTree;
import dev.obdbuild.worker.content.SourcePaths;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Carries out one change of a file operation at a time. Blocking; on platform threads that serve no
 * mount.
 */
public final class FileActions {
  private final Root root;
  private final UserLookup users;

  private FileActions(Root root, UserLookup users) {
    this.root = root;
    this.users = users;
  }

  /**
   * Changes the writable {@code folder}; user names are looked up in it.
   *
   * @param source what a copy reads; borrowed
   * @return warnings: extended attributes that could not be copied
   */
  public static List<String> apply(FileAction.Change change, Path folder, Optional<FileTree> source)
      throws IOException {
    // Names are looked up before anything changes, so a live tree is as good as a snapshot.
    try (MountedTree tree = MountedTree.open(folder, "")) {
      return apply(change, folder, source, input -> tree);
    }
  }

  /** As the other form, with user names looked up in {@code users}. */
  public static List<String> apply(
      FileAction.Change change, Path folder, Optional<FileTree> source, UserLookup users)
      throws IOException {
    try (Root root = Root.open(folder)) {
      FileActions actions = new FileActions(root, users);
      switch (change) {
        case FileAction.Copy copy -> {
          FileTree from =
              source.orElseThrow(
                  () -> new IllegalArgumentException("copy of " + copy.src() + " has no source"));
          return new Copying(copy, from, actions.destination(copy.owner(), copy.timestamp())).run();
        }
        case FileAction.MkDir mkdir -> actions.mkdir(mkdir);
        case FileAction.MkFile mkfile -> actions.mkfile(mkfile);
        case FileAction.Rm rm -> actions.rm(rm);
        case FileAction.Symlink symlink -> actions.symlink(symlink);
      }
      return List.of();
    }
  }

  private Destination destination(Optional<FileAction.Owner> owner, long timestamp)
      throws IOException {
    Optional<Owner> numbers =
        owner.isEmpty() ? Optional.empty() : Optional.of(new Accounts(users).owner(owner.get()));
    return new Destination(root, numbers, Destination.time(timestamp));
  }

  private void mkdir(FileAction.MkDir mkdir) throws IOException {
    Destination to = destination(mkdir.owner(), mkdir.timestamp());
    int permissions = mkdir.mode() & 0777;
    RawPath real = root.resolve(RawPath.of(mkdir.path()), true);
    if (mkdir.makeParents() || real.isEmpty()) {
      to.mkdirs(real, permissions, made -> {});
      return;
    }
    try (Dir parent = root.dir(real.parent())) {
      if (parent.mkdir(real.name(), permissions)) {
        to.dress(parent, real.name());
      }
    }
  }

  private void mkfile(FileAction.MkFile mkfile) throws IOException {
    Destination to = destination(mkfile.owner(), mkfile.timestamp());
    RawPath real = root.resolve(RawPath.of(mkfile.path()), true);
    if (real.isEmpty()) {
      throw new IOException("open /: is a directory");
    }
    try (Dir parent = root.dir(real.parent())) {
      Optional<OpenFile> created = parent.tryCreateFile(real.name());
      try (OpenFile file =
          created.isPresent() ? created.get() : parent.openTruncated(real.name())) {
        file.write(MemorySegment.ofArray(mkfile.data()));
        if (to.owner().isPresent()) {
          file.chown(to.owner().get());
        }
        if (created.isPresent()) {
          file.chmod(mkfile.mode() & 0777);
        }
        if (to.time().isPresent()) {
          UnixTime time = to.time().get();
          file.times(time, time);
        }
      }
    }
  }

  private void symlink(FileAction.Symlink symlink) throws IOException {
    Destination to = destination(symlink.owner(), symlink.timestamp());
    RawPath path = root.resolve(RawPath.of(symlink.newPath()), false);
    if (path.isEmpty()) {
      throw new IOException("symlink /: file exists");
    }
    try (Dir parent = root.dir(path.parent())) {
      parent.symlink(path.name(), RawPath.of(symlink.oldPath()));
      to.dress(parent, path.name());
    }
  }

  private void rm(FileAction.Rm rm) throws IOException {
    if (!rm.allowWildcard()) {
      remove(RawPath.of(rm.path()).clean(), rm.allowNotFound());
      return;
    }
    List<RawPath> found;
    try (MountedTree tree = MountedTree.open(root.host(), "")) {
      found = SourcePaths.find(tree, rm.path(), false);
    }
    for (RawPath path : found) {
      remove(path, rm.allowNotFound());
    }
  }

  private void remove(RawPath path, boolean allowNotFound) throws IOException {
    if (path.isEmpty()) {
      throw new IOException("rm: the root directory cannot be removed");
    }
    RawPath real = root.resolve(path, false);
    Optional<Dir> parent = root.findDir(real.parent());
    boolean removed = false;
    if (parent.isPresent()) {
      try (Dir open = parent.get()) {
        removed = open.remove(real.name());
      }
    }
    if (!removed && !allowNotFound) {
      throw new NotFoundInImageException("rm /" + path + ": no such file or directory");
    }
  }
}
