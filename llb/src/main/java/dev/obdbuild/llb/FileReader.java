package dev.obdbuild.llb;

import dev.obdbuild.llb.FileAction.Account;
import dev.obdbuild.llb.FileAction.Change;
import dev.obdbuild.llb.FileAction.CopyOptions;
import dev.obdbuild.llb.FileAction.Owner;
import dev.obdbuild.protos.pb.ChownOpt;
import dev.obdbuild.protos.pb.FileActionCopy;
import dev.obdbuild.protos.pb.UserOpt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** File messages from outside. */
final class FileReader {
  private FileReader() {}

  static FileOp file(dev.obdbuild.protos.pb.FileOp message) throws InvalidGraphException {
    List<FileAction> actions = new ArrayList<>();
    for (var a : message.getActionsList()) {
      actions.add(
          new FileAction(
              OpReader.index(a.getInput(), "input of file action"),
              OpReader.index(a.getSecondaryInput(), "secondary input of file action"),
              OpReader.index(a.getOutput(), "output of file action"),
              change(a)));
    }
    return new FileOp(actions);
  }

  private static Change change(dev.obdbuild.protos.pb.FileAction a) throws InvalidGraphException {
    return switch (a.getActionCase()) {
      case COPY -> copy(a.getCopy());
      case MKFILE -> {
        var f = a.getMkfile();
        yield new FileAction.MkFile(
            f.getPath(),
            f.getMode(),
            f.getData().toByteArray(),
            owner(f.hasOwner(), f.getOwner()),
            f.getTimestamp());
      }
      case MKDIR -> {
        var d = a.getMkdir();
        yield new FileAction.MkDir(
            d.getPath(),
            d.getMode(),
            d.getMakeParents(),
            owner(d.hasOwner(), d.getOwner()),
            d.getTimestamp());
      }
      case RM ->
          new FileAction.Rm(
              a.getRm().getPath(), a.getRm().getAllowNotFound(), a.getRm().getAllowWildcard());
      case SYMLINK -> {
        var s = a.getSymlink();
        yield new FileAction.Symlink(
            s.getOldpath(), s.getNewpath(), owner(s.hasOwner(), s.getOwner()), s.getTimestamp());
      }
      case ACTION_NOT_SET -> throw new InvalidGraphException("file action without a change");
    };
  }

  private static Change copy(FileActionCopy c) throws InvalidGraphException {
    return new FileAction.Copy(
        c.getSrc(),
        c.getDest(),
        owner(c.hasOwner(), c.getOwner()),
        c.getMode(),
        c.getModeStr(),
        c.getTimestamp(),
        new CopyOptions(
            c.getFollowSymlink(),
            c.getDirCopyContents(),
            c.getAttemptUnpackDockerCompatibility(),
            c.getCreateDestPath(),
            c.getAllowWildcard(),
            c.getAllowEmptyWildcard(),
            c.getAlwaysReplaceExistingDestPaths()),
        c.getIncludePatternsList(),
        c.getExcludePatternsList(),
        c.getRequiredPathsList());
  }

  private static Optional<Owner> owner(boolean present, ChownOpt chown)
      throws InvalidGraphException {
    return present
        ? Optional.of(
            new Owner(
                account(chown.hasUser(), chown.getUser()),
                account(chown.hasGroup(), chown.getGroup())))
        : Optional.empty();
  }

  private static Optional<Account> account(boolean present, UserOpt user)
      throws InvalidGraphException {
    if (!present) {
      return Optional.empty();
    }
    return switch (user.getUserCase()) {
      case BYID -> Optional.of(new FileAction.ById(Integer.toUnsignedLong(user.getByID())));
      case BYNAME ->
          Optional.of(
              new FileAction.ByName(
                  user.getByName().getName(),
                  OpReader.index(user.getByName().getInput(), "input for a name")));
      case USER_NOT_SET -> Optional.empty();
    };
  }
}
