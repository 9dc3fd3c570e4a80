package dev.obdbuild.worker;

import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.solver.ResultStore;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import dev.obdbuild.worker.WorkerResult.TreeResult;
import java.io.IOException;
import java.util.Optional;

/** Snapshots by their ids, held by the build's lease. The caller's own files are not kept. */
record WorkerResults(Snapshots snapshots, Lease lease) implements ResultStore<WorkerResult> {

  @Override
  public Optional<String> persist(WorkerResult result) throws IOException {
    return switch (result) {
      case TreeResult local -> Optional.empty();
      case SnapshotResult made -> {
        lease.add(made.snapshot());
        yield Optional.of(made.snapshot().id());
      }
    };
  }

  @Override
  public Optional<WorkerResult> load(String id) throws IOException {
    return snapshots.get(id, lease).map(SnapshotResult::new);
  }
}
