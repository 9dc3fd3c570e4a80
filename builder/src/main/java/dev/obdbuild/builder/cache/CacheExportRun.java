package dev.obdbuild.builder.cache;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.pusher.cache.CacheExport;
import dev.obdbuild.pusher.cache.CachePlace;
import dev.obdbuild.pusher.cache.CacheStages;
import dev.obdbuild.pusher.cache.CachedMount;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.solver.CacheTrail;
import dev.obdbuild.worker.WorkerResult;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The export to one target. */
record CacheExportRun(
    Snapshots snapshots, CachePlace place, CacheTarget.Writing writing, CacheStages stages) {

  /** Gathers cache mounts. */
  interface Mounts {
    List<CachedMount> contents() throws IOException;
  }

  /**
   * Exports; empty when there was nothing with layers to export.
   *
   * @param mounts asked when the target wants cache mounts
   */
  Optional<Descriptor> run(
      List<Snapshot> images, List<CacheTrail<WorkerResult>> solved, Mounts mounts)
      throws IOException {
    CacheExport export;
    try (CacheStages.Stage stage = stages.begin("preparing build cache for export")) {
      SolvedResults.seal(snapshots, solved, filter(images));
      export =
          new CacheExport(
              SolvedResults.of(solved, filter(images)),
              writing.mounts() ? mounts.contents() : List.of());
    }
    if (export.isEmpty()) {
      stages.begin("skipping cache export for empty result").close();
      return Optional.empty();
    }
    return Optional.of(export.store(place, writing.packing(), stages));
  }

  private Optional<List<Snapshot>> filter(List<Snapshot> images) {
    return writing.max() ? Optional.empty() : Optional.of(images);
  }
}
