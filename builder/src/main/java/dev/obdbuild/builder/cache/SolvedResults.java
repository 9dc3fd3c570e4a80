package dev.obdbuild.builder.cache;

import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.pusher.cache.CacheDocument;
import dev.obdbuild.pusher.cache.CachedResults;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.solver.CacheTrail;
import dev.obdbuild.worker.WorkerResult;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The trails of solves as what a cache takes. */
final class SolvedResults {

  private SolvedResults() {}

  /**
   * Everything that the solves know.
   *
   * @param images if given, only results of which one of these consists are taken; what is known of
   *     the others' contents is taken all the same
   */
  static List<CachedResults> of(
      List<CacheTrail<WorkerResult>> solved, Optional<List<Snapshot>> images) throws IOException {
    List<CachedResults> all = new ArrayList<>();
    for (CacheTrail<WorkerResult> trail : solved) {
      for (CacheTrail.Entry entry : trail.entries()) {
        List<CachedResults.Chain> chains =
            snapshots(trail, entry, images).stream()
                .map(snapshot -> new CachedResults.Chain(snapshot.layers(), snapshot.layerTimes()))
                .toList();
        List<CacheDocument.Content> contents =
            entry.contents().stream()
                .map(c -> new CacheDocument.Content(c.output(), c.key(), c.digest()))
                .toList();
        all.add(new CachedResults(entry.key(), chains, contents, entry.marker()));
      }
    }
    return all;
  }

  /** Begins to seal all layers that are to be exported. */
  static void seal(
      Snapshots store, List<CacheTrail<WorkerResult>> solved, Optional<List<Snapshot>> images)
      throws IOException {
    for (CacheTrail<WorkerResult> trail : solved) {
      for (CacheTrail.Entry entry : trail.entries()) {
        snapshots(trail, entry, images).forEach(store::sealEarly);
      }
    }
  }

  /** All results of a vertex, or none of them. */
  private static List<Snapshot> snapshots(
      CacheTrail<WorkerResult> trail, CacheTrail.Entry entry, Optional<List<Snapshot>> images)
      throws IOException {
    List<Snapshot> found = new ArrayList<>();
    for (WorkerResult result : trail.results(entry).orElse(List.of())) {
      if (!(result instanceof SnapshotResult made)
          || images
              .filter(all -> all.stream().noneMatch(i -> isPart(made.snapshot(), i)))
              .isPresent()) {
        return List.of();
      }
      found.add(made.snapshot());
    }
    return found;
  }

  private static boolean isPart(Snapshot part, Snapshot image) {
    List<LayerSource> layers = part.layers();
    return layers.size() <= image.layers().size()
        && image.layers().subList(0, layers.size()).equals(layers);
  }
}
