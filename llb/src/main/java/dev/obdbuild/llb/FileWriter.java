package dev.obdbuild.llb;

import dev.obdbuild.llb.FileAction.Account;
import dev.obdbuild.llb.FileAction.ById;
import dev.obdbuild.llb.FileAction.ByName;
import dev.obdbuild.llb.FileAction.Copy;
import dev.obdbuild.llb.FileAction.MkDir;
import dev.obdbuild.llb.FileAction.MkFile;
import dev.obdbuild.llb.FileAction.Owner;
import dev.obdbuild.llb.FileAction.Rm;
import dev.obdbuild.llb.FileAction.Symlink;
import dev.obdbuild.protos.pb.ChownOpt;
import dev.obdbuild.protos.pb.FileActionCopy;
import dev.obdbuild.protos.pb.FileActionMkDir;
import dev.obdbuild.protos.pb.FileActionMkFile;
import dev.obdbuild.protos.pb.FileActionRm;
import dev.obdbuild.protos.pb.FileActionSymlink;
import dev.obdbuild.protos.pb.NamedUserOpt;
import dev.obdbuild.protos.pb.UserOpt;

/** File operations to their messages. */
final class FileWriter {
  private FileWriter() {}

  static dev.obdbuild.protos.pb.FileOp file(FileOp op) {
    var file = dev.obdbuild.protos.pb.FileOp.newBuilder();
    op.actions().forEach(a -> file.addActions(action(a)));
    return file.build();
  }

  private static dev.obdbuild.protos.pb.FileAction action(FileAction a) {
    var action =
        dev.obdbuild.protos.pb.FileAction.newBuilder()
            .setInput(a.input())
            .setSecondaryInput(a.secondaryInput())
            .setOutput(a.output());
    switch (a.change()) {
      case Copy c -> action.setCopy(copy(c));
      case MkFile f -> action.setMkfile(mkFile(f));
      case MkDir d -> action.setMkdir(mkDir(d));
      case Symlink s -> action.setSymlink(symlink(s));
      case Rm r ->
          action.setRm(
              FileActionRm.newBuilder()
                  .setPath(r.path())
                  .setAllowNotFound(r.allowNotFound())
                  .setAllowWildcard(r.allowWildcard()));
    }
    return action.build();
  }

  private static FileActionCopy copy(Copy c) {
    FileAction.CopyOptions o = c.options();
    var copy =
        FileActionCopy.newBuilder()
            .setSrc(c.src())
            .setDest(c.dest())
            .setMode(c.mode())
            .setModeStr(c.modeText())
            .setTimestamp(c.timestamp())
            .setFollowSymlink(o.followSymlink())
            .setDirCopyContents(o.dirCopyContents())
            .setAttemptUnpackDockerCompatibility(o.attemptUnpack())
            .setCreateDestPath(o.createDestPath())
            .setAllowWildcard(o.allowWildcard())
            .setAllowEmptyWildcard(o.allowEmptyWildcard())
            .setAlwaysReplaceExistingDestPaths(o.alwaysReplaceExistingDestPaths())
            .addAllIncludePatterns(c.includePatterns())
            .addAllExcludePatterns(c.excludePatterns())
            .addAllRequiredPaths(c.requiredPaths());
    c.owner().ifPresent(owner -> copy.setOwner(owner(owner)));
    return copy.build();
  }

  private static FileActionMkFile mkFile(MkFile f) {
    var file =
        FileActionMkFile.newBuilder()
            .setPath(f.path())
            .setMode(f.mode())
            .setData(OpWriter.copy(f.data()))
            .setTimestamp(f.timestamp());
    f.owner().ifPresent(owner -> file.setOwner(owner(owner)));
    return file.build();
  }

  private static FileActionMkDir mkDir(MkDir d) {
    var dir =
        FileActionMkDir.newBuilder()
            .setPath(d.path())
            .setMode(d.mode())
            .setMakeParents(d.makeParents())
            .setTimestamp(d.timestamp());
    d.owner().ifPresent(owner -> dir.setOwner(owner(owner)));
    return dir.build();
  }

  private static FileActionSymlink symlink(Symlink s) {
    var link =
        FileActionSymlink.newBuilder()
            .setOldpath(s.oldPath())
            .setNewpath(s.newPath())
            .setTimestamp(s.timestamp());
    s.owner().ifPresent(owner -> link.setOwner(owner(owner)));
    return link.build();
  }

  private static ChownOpt owner(Owner owner) {
    var chown = ChownOpt.newBuilder();
    owner.user().ifPresent(u -> chown.setUser(account(u)));
    owner.group().ifPresent(g -> chown.setGroup(account(g)));
    return chown.build();
  }

  private static UserOpt account(Account account) {
    return switch (account) {
      case ById(long id) -> UserOpt.newBuilder().setByID((int) id).build();
      case ByName(String name, int input) ->
          UserOpt.newBuilder()
              .setByName(NamedUserOpt.newBuilder().setName(name).setInput(input))
              .build();
    };
  }
}
