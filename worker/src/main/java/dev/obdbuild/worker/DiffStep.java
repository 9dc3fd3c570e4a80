package dev.obdbuild.worker;

import dev.obdbuild.llb.DiffOp;
import dev.obdbuild.llb.Op;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.snapshots.ActiveSnapshot;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.solver.CacheMap;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.WorkerResult.Changes;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import dev.obdbuild.worker.WorkerResult.TreeResult;
import dev.obdbuild.worker.file.TreeChanges;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What changed from one filesystem to another. */
record DiffStep(Workspace workspace, Vertex vertex, DiffOp op)
    implements dev.obdbuild.solver.Op<WorkerResult> {

  @Override
  public CacheMap<WorkerResult> cacheMap(OpContext context) {
    OpKey key = new OpKey("diff", 1).add("lower", op.lower()).add("upper", op.upper());
    return CacheMap.of(key.digest(), PassthroughStep.byKey(vertex));
  }

  @Override
  public List<WorkerResult> exec(OpContext context, List<WorkerResult> inputs) throws IOException {
    if (op.lower() == Op.NONE) {
      return List.of(op.upper() == Op.NONE ? workspace.scratch() : inputs.get(op.upper()));
    }
    Snapshot lower = snapshot(inputs.get(op.lower()), context, "lower");
    Snapshot upper =
        op.upper() == Op.NONE
            ? workspace.snapshots().scratch()
            : snapshot(inputs.get(op.upper()), context, "upper");
    if (lower.id().equals(upper.id())) {
      return List.of(workspace.scratch());
    }
    try (ActiveSnapshot active = workspace.prepare(Optional.empty(), context, "diff");
        InputTree from = InputTree.open(workspace.snapshots(), new SnapshotResult(lower));
        InputTree to = InputTree.open(workspace.snapshots(), new SnapshotResult(upper))) {
      Workspace.warn(
          context,
          workspace
              .snapshots()
              .mountThreads()
              .call(() -> TreeChanges.additions(from.tree(), to.tree(), active.path())));
      from.confirm();
      to.confirm();
      return List.of(
          new SnapshotResult(active.commit("diff"), Optional.of(new Changes(lower, upper))));
    }
  }

  /** A snapshot of an input; the caller's own files become one. */
  private Snapshot snapshot(WorkerResult input, OpContext context, String part) throws IOException {
    return switch (input) {
      case SnapshotResult made -> made.snapshot();
      case TreeResult local -> {
        try (ActiveSnapshot copy = workspace.prepare(Optional.of(local), context, part)) {
          yield copy.commit("diff");
        }
      }
    };
  }
}
