package dev.obdbuild.worker;

import dev.obdbuild.llb.FileAction;
import dev.obdbuild.llb.FileAction.Account;
import dev.obdbuild.llb.FileAction.ByName;
import dev.obdbuild.llb.FileAction.Copy;
import dev.obdbuild.llb.FileAction.Owner;
import dev.obdbuild.llb.FileOp;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.solver.CacheMap;
import dev.obdbuild.solver.InputKey;
import dev.obdbuild.solver.Op;
import dev.obdbuild.solver.OpContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** COPY, ADD, WORKDIR and the like: changes made to folders by this process itself. */
record FileStep(Workspace workspace, Vertex vertex, FileOp op) implements Op<WorkerResult> {

  @Override
  public CacheMap<WorkerResult> cacheMap(OpContext context) {
    List<InputKey<WorkerResult>> inputs = new ArrayList<>();
    for (int i = 0; i < vertex.inputs().size(); i++) {
      inputs.add(inputKey(i));
    }
    return CacheMap.of(FileKey.of(op), inputs);
  }

  /** An input that is only copied from counts by what is copied of it. */
  private InputKey<WorkerResult> inputKey(int input) {
    List<Copy> copies = new ArrayList<>();
    for (FileAction action : op.actions()) {
      if (action.input() == input || looksUpNamesIn(action, input)) {
        return new InputKey.ByKey<>();
      }
      if (action.secondaryInput() == input && action.change() instanceof Copy copy) {
        copies.add(copy);
      }
    }
    return copies.isEmpty() ? new InputKey.ByKey<>() : Contents.copies(workspace, copies);
  }

  private static boolean looksUpNamesIn(FileAction action, int input) {
    return owner(action.change()).stream()
        .flatMap(owner -> Stream.of(owner.user(), owner.group()))
        .flatMap(Optional::stream)
        .anyMatch(account -> isNameIn(account, input));
  }

  private static boolean isNameIn(Account account, int input) {
    return account instanceof ByName name && name.input() == input;
  }

  /** The owner that a change sets. */
  static Optional<Owner> owner(FileAction.Change change) {
    return switch (change) {
      case Copy copy -> copy.owner();
      case FileAction.MkFile made -> made.owner();
      case FileAction.MkDir made -> made.owner();
      case FileAction.Rm rm -> Optional.empty();
      case FileAction.Symlink link -> link.owner();
    };
  }

  @Override
  public List<WorkerResult> exec(OpContext context, List<WorkerResult> inputs) throws IOException {
    try (FileRun run = new FileRun(workspace, op, inputs, context)) {
      return run.all();
    }
  }
}
