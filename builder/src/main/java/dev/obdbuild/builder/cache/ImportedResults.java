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
import dev.obdbuild.solver.CachedContent;
import dev.obdbuild.solver.ImportedCache;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.WorkerResult;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import dev.obdbuild.worker.image.LayerStatuses;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The results of several caches as snapshots; what the first ones lack the later ones give. Results
 * in registries are only put on record: their layers are read when somebody reads them.
 */
final class ImportedResults implements ImportedCache<WorkerResult> {

  /**
   * A cache and where it was read from.
   *
   * @param lasting whether its layers can be read there after this build, too
   */
  record Source(CachePlace place, boolean lasting, ReadCache cache) {}

  private final List<Source> sources;
  private final Snapshots snapshots;
  private final Lease lease;
  private final Set<Digest> markers = new HashSet<>();

  /** Whether a blob is where its cache says. */
  private final Map<String, Boolean> present = new ConcurrentHashMap<>();

  /** Results that are held by a lease. */
  ImportedResults(List<Source> sources, Snapshots snapshots, Lease lease) {
    this.sources = List.copyOf(sources);
    this.snapshots = snapshots;
    this.lease = lease;
    sources.forEach(source -> markers.addAll(source.cache().document().markers()));
  }

  @Override
  public Optional<Digest> content(Digest vertex, Digest contentKey) {
    for (Source source : sources) {
      for (CacheDocument.Content content : entry(source, vertex).contents()) {
        if (content.part().equals(contentKey)) {
          return Optional.of(content.digest());
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public boolean marked(Digest marker) {
    return markers.contains(marker);
  }

  private static CacheDocument.Entry entry(Source source, Digest vertex) {
    return source
        .cache()
        .document()
        .records()
        .getOrDefault(vertex, new CacheDocument.Entry(List.of(), List.of()));
  }

  @Override
  public Optional<Imported<WorkerResult>> results(Digest vertex, OpContext context) {
    for (Source source : sources) {
      CacheDocument.Entry entry = entry(source, vertex);
      if (entry.results().isEmpty()) {
        continue;
      }
      try {
        List<WorkerResult> results = new ArrayList<>();
        for (int top : entry.results()) {
          results.add(new SnapshotResult(open(source, top, context)));
        }
        return Optional.of(new Imported<>(results, contents(entry)));
      } catch (IOException e) {
        // The step can be carried out: whoever watches learns why it was not spared.
        context
            .progress()
            .warn(
                "a result of cache " + source.place().name() + " cannot be used",
                List.of(String.valueOf(e.getMessage())),
                "",
                Optional.empty(),
                List.of());
      }
    }
    return Optional.empty();
  }

  private static List<CachedContent> contents(CacheDocument.Entry entry) {
    return entry.contents().stream()
        .map(content -> new CachedContent(content.output(), content.part(), content.digest()))
        .toList();
  }

  private Snapshot open(Source source, int top, OpContext context) throws IOException {
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
