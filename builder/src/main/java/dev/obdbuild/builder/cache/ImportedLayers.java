package dev.obdbuild.builder.cache;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.pusher.cache.CacheDocument;
import dev.obdbuild.pusher.cache.CachePlace;
import dev.obdbuild.pusher.cache.LayoutPlace;
import dev.obdbuild.pusher.cache.ReadCache;
import dev.obdbuild.pusher.cache.RegistryPlace;
import dev.obdbuild.snapshots.ImageBase;
import dev.obdbuild.snapshots.LayerCopies;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.image.LayerStatuses;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Layers of caches as snapshots. Those in registries are only put on record: they are read when
 * somebody reads them. Thread-safe.
 */
final class ImportedLayers {

  /**
   * A cache and where it was read from.
   *
   * @param lasting whether its layers can be read there after this build, too
   */
  record Source(CachePlace place, boolean lasting, ReadCache cache) {}

  private final Snapshots snapshots;
  private final Lease lease;

  /** Whether a blob is where its cache says. */
  private final Map<String, Boolean> present = new ConcurrentHashMap<>();

  /** Snapshots that are held by a lease. */
  ImportedLayers(Snapshots snapshots, Lease lease) {
    this.snapshots = snapshots;
    this.lease = lease;
  }

  /**
   * The snapshot of a chain.
   *
   * @param top index of its top layer in the cache's document
   * @throws IOException when one of its layers is not there any more
   */
  Snapshot open(Source source, int top, OpContext context) throws IOException {
    if (top == CacheDocument.EMPTY) {
      return snapshots.scratch();
    }
    List<Descriptor> layers = new ArrayList<>();
    List<Digest> diffIds = new ArrayList<>();
    List<Optional<Instant>> created = new ArrayList<>();
    for (int index : source.cache().document().chain(top)) {
      CacheDocument.Layer layer = source.cache().document().layers().get(index);
      layers.add(source.cache().blob(layer));
      diffIds.add(layer.diffId());
      created.add(layer.created());
    }
    demandAll(source.place(), layers);
    String name = "cache " + source.place().name();
    try (LayerStatuses statuses = new LayerStatuses(context.progress(), context.cancellation())) {
      return switch (source.place()) {
        case RegistryPlace registry when source.lasting() ->
            snapshots.base(
                new ImageBase(name, layers, diffIds, created, registry.reference().where()),
                lease,
                statuses);
        case RegistryPlace registry ->
            snapshots.copied(
                new LayerCopies(
                    name,
                    layers,
                    diffIds,
                    created,
                    blob -> registry.registry().blob(registry.reference().where(), blob)),
                lease,
                statuses);
        case LayoutPlace layout ->
            snapshots.copied(
                new LayerCopies(
                    name,
                    layers,
                    diffIds,
                    created,
                    blob -> layout.store().read(blob.digest(), 0, blob.size())),
                lease,
                statuses);
      };
    }
  }

  /** A registry may have removed layers whose cache is still there: better known now than later. */
  private void demandAll(CachePlace place, List<Descriptor> layers) throws IOException {
    for (Descriptor layer : layers) {
      String blob = place.name() + " " + layer.digest();
      Boolean known = present.get(blob);
      if (known == null) {
        known = place.has(layer.digest());
        present.put(blob, known);
      }
      if (!known) {
        throw new IOException("layer " + layer.digest() + " is not there any more");
      }
    }
  }
}
