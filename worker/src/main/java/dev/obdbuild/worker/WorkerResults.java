package dev.obdbuild.worker;

import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.solver.ResultStore;
import dev.obdbuild.worker.WorkerResult.Changes;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import dev.obdbuild.worker.WorkerResult.TreeResult;
import java.io.IOException;
import java.util.Optional;

/**
 * Snapshots by their ids, held by the build's lease; a difference by three. The caller's own files
 * are not kept.
 */
record WorkerResults(Snapshots snapshots, Lease lease) implements ResultStore<WorkerResult> {

  @Override
  public Optional<String> persist(WorkerResult result) throws IOException {
    return switch (result) {
      case TreeResult local -> Optional.empty();
      case SnapshotResult(Snapshot made, Optional<Changes> changes) -> {
        lease.add(made);
        if (changes.isEmpty()) {
          yield Optional.of(made.id());
        }
        Changes between = changes.get();
        lease.add(between.lower());
        lease.add(between.upper());
        yield Optional.of(String.join(",", made.id(), between.lower().id(), between.upper().id()));
      }
    };
  }

  @Override
  public Optional<WorkerResult> load(String id) throws IOException {
    String[] ids = id.split(",", -1);
    Optional<Snapshot> made = snapshots.get(ids[0], lease);
    if (ids.length != 3 || made.isEmpty()) {
      return made.map(SnapshotResult::new);
    }
    Optional<Snapshot> lower = snapshots.get(ids[1], lease);
    Optional<Snapshot> upper = snapshots.get(ids[2], lease);
    return lower.isEmpty() || upper.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new SnapshotResult(made.get(), Optional.of(new Changes(lower.get(), upper.get()))));
  }
}
