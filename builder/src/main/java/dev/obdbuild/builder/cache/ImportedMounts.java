package dev.obdbuild.builder.cache;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.pusher.cache.CacheDocument;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.cachemount.FolderId;
import dev.obdbuild.worker.cachemount.ImportedFolders;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * The cache mounts of imported caches; what the first ones lack the later ones give. Thread-safe.
 */
final class ImportedMounts implements ImportedFolders {

  private record Known(ImportedLayers.Source source, ImportedLayers layers) {}

  private final List<Known> caches = new CopyOnWriteArrayList<>();

  /** Takes note of a cache, unless its mounts are not wanted. */
  void add(BuildCaches.Imported cache, ImportedLayers layers) {
    if (cache.mounts()) {
      caches.add(new Known(cache.source(), layers));
    }
  }

  /** Ids of all folders. */
  Set<FolderId> ids() {
    return caches.stream()
        .flatMap(cache -> mounts(cache).stream())
        .map(ImportedMounts::id)
        .collect(Collectors.toSet());
  }

  private static List<CacheDocument.Mount> mounts(Known cache) {
    return cache.source().cache().document().mounts();
  }

  private static FolderId id(CacheDocument.Mount mount) {
    Optional<Digest> initial = mount.initial();
    return new FolderId(mount.id(), initial);
  }

  @Override
  public Optional<Snapshot> find(FolderId id, OpContext context) {
    for (Known cache : caches) {
      for (CacheDocument.Mount mount : mounts(cache)) {
        if (!id(mount).equals(id)) {
          continue;
        }
        try {
          return Optional.of(cache.layers().open(cache.source(), mount.top(), context));
        } catch (IOException e) {
          // A cache mount may always start anew: whoever watches learns why it does.
          context
              .progress()
              .warn(
                  "cache mount "
                      + id.id()
                      + " of cache "
                      + cache.source().place().name()
                      + " cannot be used",
                  List.of(String.valueOf(e.getMessage())),
                  "",
                  Optional.empty(),
                  List.of());
        }
      }
    }
    return Optional.empty();
  }
}
