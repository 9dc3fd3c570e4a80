package dev.obdbuild.worker;

import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.llb.FileAction;
import dev.obdbuild.llb.FileAction.ByName;
import dev.obdbuild.llb.FileOp;
import dev.obdbuild.llb.Op;
import dev.obdbuild.snapshots.ActiveSnapshot;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.MountedTree;
import dev.obdbuild.worker.file.FileActions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One run of a file operation's actions. A chain of actions, each on the result of the one before,
 * is done in one folder and makes one layer.
 */
final class FileRun implements AutoCloseable {

  private final Workspace workspace;
  private final FileOp op;
  private final List<WorkerResult> given;
  private final OpContext context;
  private final Closing open = new Closing();
  // By reference: inputs first, then actions.
  private final Map<Integer, ActiveSnapshot> live = new HashMap<>();
  private final Map<Integer, WorkerResult> made = new HashMap<>();
  private final Map<Integer, InputTree> trees = new HashMap<>();

  FileRun(Workspace workspace, FileOp op, List<WorkerResult> given, OpContext context) {
    this.workspace = workspace;
    this.op = op;
    this.given = given;
    this.context = context;
  }

  /** Carries all actions out and keeps the results. */
  List<WorkerResult> all() throws IOException {
    Map<Integer, Integer> outputs = new TreeMap<>();
    for (int i = 0; i < op.actions().size(); i++) {
      context.cancellation().throwIfCancelled();
      FileAction action = op.actions().get(i);
      ActiveSnapshot folder = writable(action, i);
      Optional<InputTree> source =
          action.secondaryInput() == Op.NONE
              ? Optional.empty()
              : Optional.of(tree(action.secondaryInput()));
      apply(action, folder, source);
      live.put(given.size() + i, folder);
      if (action.output() != Op.NONE) {
        outputs.put(action.output(), given.size() + i);
      }
    }
    List<WorkerResult> results = new ArrayList<>();
    for (int reference : outputs.values()) {
      results.add(result(reference));
    }
    return results;
  }

  private void apply(FileAction action, ActiveSnapshot folder, Optional<InputTree> source)
      throws IOException {
    Map<Integer, FileTree> others = new HashMap<>();
    for (int reference : namesLookedUpIn(action)) {
      if (reference != action.input()) {
        others.put(reference, tree(reference).tree());
      }
    }
    List<String> warnings =
        workspace
            .snapshots()
            .mountThreads()
            .call(() -> change(action, folder.path(), source.map(InputTree::tree), others));
    Workspace.warn(context, warnings);
    if (source.isPresent()) {
      source.get().confirm();
    }
  }

  /**
   * Names of users and groups are looked up in the folder itself unless the action says otherwise.
   */
  private static List<String> change(
      FileAction action, Path folder, Optional<FileTree> source, Map<Integer, FileTree> others)
      throws IOException {
    if (others.isEmpty()) {
      return FileActions.apply(action.change(), folder, source);
    }
    try (FileTree itself = MountedTree.open(folder, "unfinished")) {
      return FileActions.apply(
          action.change(), folder, source, input -> others.getOrDefault(input, itself));
    }
  }

  private static Set<Integer> namesLookedUpIn(FileAction action) {
    Set<Integer> references = new HashSet<>();
    FileStep.owner(action.change())
        .ifPresent(
            owner ->
                Stream.of(owner.user(), owner.group())
                    .flatMap(Optional::stream)
                    .forEach(
                        account -> {
                          if (account instanceof ByName name && name.input() != Op.NONE) {
                            references.add(name.input());
                          }
                        }));
    return references;
  }

  private ActiveSnapshot writable(FileAction action, int index) throws IOException {
    int reference = action.input();
    if (reference != Op.NONE && reference >= given.size() && !neededBeside(reference, index)) {
      ActiveSnapshot continued = live.remove(reference);
      if (continued != null) {
        return continued;
      }
    }
    ActiveSnapshot fresh =
        workspace.prepare(
            reference == Op.NONE ? Optional.empty() : Optional.of(result(reference)),
            context,
            "action " + index);
    open.add(fresh);
    return fresh;
  }

  /** Whether an action's result is used by anything but as what one given action goes on with. */
  private boolean neededBeside(int reference, int user) {
    FileAction maker = op.actions().get(reference - given.size());
    if (maker.output() != Op.NONE) {
      return true;
    }
    for (int i = 0; i < op.actions().size(); i++) {
      FileAction other = op.actions().get(i);
      boolean readsNames = i != user && namesLookedUpIn(other).contains(reference);
      boolean goesOn = i != user && other.input() == reference;
      if (other.secondaryInput() == reference || readsNames || goesOn) {
        return true;
      }
    }
    return false;
  }

  private InputTree tree(int reference) throws IOException {
    InputTree known = trees.get(reference);
    if (known != null) {
      return known;
    }
    InputTree opened = InputTree.open(workspace.snapshots(), result(reference));
    open.add(opened);
    trees.put(reference, opened);
    return opened;
  }

  private WorkerResult result(int reference) throws IOException {
    if (reference < given.size()) {
      return given.get(reference);
    }
    WorkerResult known = made.get(reference);
    if (known != null) {
      return known;
    }
    ActiveSnapshot folder = live.remove(reference);
    if (folder == null) {
      throw new IllegalStateException("file action " + (reference - given.size()) + " is consumed");
    }
    Snapshot snapshot = folder.commit(FileKey.summary(op));
    // Lets go of the folder at once: whoever comes next may take its device over.
    open.remove(folder);
    folder.close();
    WorkerResult result = new SnapshotResult(snapshot);
    made.put(reference, result);
    return result;
  }

  @Override
  public void close() throws IOException {
    open.close();
  }
}
