package dev.obdbuild.worker;

import dev.obdbuild.llb.MergeOp;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.snapshots.ActiveSnapshot;
import dev.obdbuild.solver.CacheMap;
import dev.obdbuild.solver.Op;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.WorkerResult.Changes;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import dev.obdbuild.worker.file.MergeTree;
import dev.obdbuild.worker.file.TreeChanges;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Filesystems laid over one another: the others are copied into a layer over the first. */
record MergeStep(Workspace workspace, Vertex vertex, MergeOp op) implements Op<WorkerResult> {

  @Override
  public CacheMap<WorkerResult> cacheMap(OpContext context) {
    OpKey key = new OpKey("merge", 1);
    op.inputs().forEach(input -> key.add("input", input));
    return CacheMap.of(key.digest(), PassthroughStep.byKey(vertex));
  }

  @Override
  public List<WorkerResult> exec(OpContext context, List<WorkerResult> inputs) throws IOException {
    WorkerResult base = inputs.get(op.inputs().getFirst());
    if (op.inputs().size() == 1) {
      return List.of(base);
    }
    try (ActiveSnapshot active = workspace.prepare(Optional.of(base), context, "merge")) {
      for (int input : op.inputs().subList(1, op.inputs().size())) {
        context.cancellation().throwIfCancelled();
        if (inputs.get(input) instanceof SnapshotResult made && made.changes().isPresent()) {
          delete(made.changes().get(), active);
        }
        try (InputTree upper = InputTree.open(workspace.snapshots(), inputs.get(input))) {
          Workspace.warn(
              context,
              workspace
                  .snapshots()
                  .mountThreads()
                  .call(() -> MergeTree.apply(upper.tree(), active.path())));
          upper.confirm();
        }
      }
      return List.of(new SnapshotResult(active.commit("merge")));
    }
  }

  /** Takes away what a difference took away; what it added comes as with any other input. */
  private void delete(Changes changes, ActiveSnapshot active) throws IOException {
    try (InputTree lower =
            InputTree.open(workspace.snapshots(), new SnapshotResult(changes.lower()));
        InputTree upper =
            InputTree.open(workspace.snapshots(), new SnapshotResult(changes.upper()))) {
      workspace
          .snapshots()
          .mountThreads()
          .call(
              () -> {
                TreeChanges.deletions(lower.tree(), upper.tree(), active.path());
                return true;
              });
      lower.confirm();
      upper.confirm();
    }
  }
}
