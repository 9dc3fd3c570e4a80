package dev.obdbuild.worker;

import dev.obdbuild.llb.FileAction;
import dev.obdbuild.llb.FileAction.Copy;
import dev.obdbuild.llb.FileAction.CopyOptions;
import dev.obdbuild.llb.FileAction.MkDir;
import dev.obdbuild.llb.FileAction.MkFile;
import dev.obdbuild.llb.FileAction.Rm;
import dev.obdbuild.llb.FileAction.Symlink;
import dev.obdbuild.llb.FileOp;
import dev.obdbuild.oci.image.Digest;

/** What defines a file operation itself. */
final class FileKey {
  private FileKey() {}

  static Digest of(FileOp op) {
    OpKey key = new OpKey("file", 1);
    for (FileAction action : op.actions()) {
      key.add("action on", action.input())
          .add("from", action.secondaryInput())
          .add("to", action.output());
      add(key, action.change());
    }
    return key.digest();
  }

  private static void add(OpKey key, FileAction.Change change) {
    switch (change) {
      case Copy copy -> copy(key, copy);
      case MkFile made ->
          key.add("mkfile", made.path())
              .add("mode", made.mode())
              .add("data", Digest.sha256(made.data()).toString())
              .add("owner", made.owner())
              .add("time", made.timestamp());
      case MkDir made ->
          key.add("mkdir", made.path())
              .add("mode", made.mode())
              .add("parents", made.makeParents())
              .add("owner", made.owner())
              .add("time", made.timestamp());
      case Rm rm ->
          key.add("rm", rm.path())
              .add("missing allowed", rm.allowNotFound())
              .add("wildcard", rm.allowWildcard());
      case Symlink link ->
          key.add("symlink", link.newPath())
              .add("old path", link.oldPath())
              .add("owner", link.owner())
              .add("time", link.timestamp());
    }
  }

  /** Everything that a copy is told. */
  static void copy(OpKey key, Copy copy) {
    CopyOptions options = copy.options();
    key.add("copy", copy.src())
        .add("dest", copy.dest())
        .add("owner", copy.owner())
        .add("mode", copy.mode())
        .add("mode text", copy.modeText())
        .add("time", copy.timestamp())
        .add("follow", options.followSymlink())
        .add("contents", options.dirCopyContents())
        .add("unpack", options.attemptUnpack())
        .add("create", options.createDestPath())
        .add("wildcard", options.allowWildcard())
        .add("empty wildcard", options.allowEmptyWildcard())
        .add("replace", options.alwaysReplaceExistingDestPaths())
        .add("include", copy.includePatterns())
        .add("exclude", copy.excludePatterns())
        .add("required", copy.requiredPaths());
  }

  /** The operation in a few words, for listings of the store. */
  static String summary(FileOp op) {
    return switch (op.actions().getLast().change()) {
      case Copy copy -> "copy " + copy.src() + " " + copy.dest();
      case MkFile made -> "mkfile " + made.path();
      case MkDir made -> "mkdir " + made.path();
      case Rm rm -> "rm " + rm.path();
      case Symlink link -> "symlink " + link.newPath();
    };
  }
}
