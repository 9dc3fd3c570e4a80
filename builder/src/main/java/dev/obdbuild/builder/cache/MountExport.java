package dev.obdbuild.builder.cache;

import dev.obdbuild.pusher.cache.CacheStages;
import dev.obdbuild.pusher.cache.CachedMount;
import dev.obdbuild.pusher.cache.CachedResults;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.solver.progress.OpProgress;
import dev.obdbuild.worker.cachemount.FolderId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Gathers the cache mounts of a build for its targets. Those that its steps had mounted, and of
 * steps that were cached those that are here; what is not here but was imported is handed on.
 */
record MountExport(BuildFolders folders, ImportedMounts imports) {

  /** Waits for each until nobody uses it. */
  List<CachedMount> contents(CacheStages stages, OpProgress progress) throws IOException {
    TreeSet<FolderId> ids = new TreeSet<>(Comparator.comparing(FolderId::text));
    for (BuildFolders.Wanted wanted : folders.wanted()) {
      List<FolderId> used = folders.used().stream().filter(wanted::fits).toList();
      if (used.isEmpty()) {
        Stream.concat(folders.mounts().named(wanted.id()).stream(), imports.ids().stream())
            .filter(wanted::fits)
            .forEach(ids::add);
      } else {
        ids.addAll(used);
      }
    }
    OpContext context = new OpContext(folders.cancellation(), progress, Optional.empty());
    List<CachedMount> found = new ArrayList<>();
    for (FolderId id : ids) {
      try (CacheStages.Stage stage = stages.begin("preparing cache mount " + id.id())) {
        Optional<Snapshot> contents =
            folders.mounts().contents(id, folders.lease(), folders.cancellation());
        if (contents.isEmpty()) {
          contents = imports.find(id, context);
        }
        contents.ifPresent(
            layers ->
                found.add(
                    new CachedMount(
                        id.id(),
                        id.initial(),
                        new CachedResults.Chain(layers.layers(), layers.layerTimes()))));
      }
    }
    return found;
  }
}
