package dev.obdbuild.builder.cache;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.pusher.cache.CacheDocument;
import dev.obdbuild.solver.CachedContent;
import dev.obdbuild.solver.ImportedCache;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.WorkerResult;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The results of several caches as snapshots; what the first ones lack the later ones give. Results
 * in registries are only put on record: their layers are read when somebody reads them.
 */
final class ImportedResults implements ImportedCache<WorkerResult> {

  private final List<ImportedLayers.Source> sources;
  private final ImportedLayers layers;
  private final Set<Digest> markers = new HashSet<>();

  ImportedResults(List<ImportedLayers.Source> sources, ImportedLayers layers) {
    this.sources = List.copyOf(sources);
    this.layers = layers;
    sources.forEach(source -> markers.addAll(source.cache().document().markers()));
  }

  @Override
  public Optional<Digest> content(Digest vertex, Digest contentKey) {
    for (ImportedLayers.Source source : sources) {
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

  private static CacheDocument.Entry entry(ImportedLayers.Source source, Digest vertex) {
    return source
        .cache()
        .document()
        .records()
        .getOrDefault(vertex, new CacheDocument.Entry(List.of(), List.of()));
  }

  @Override
  public Optional<Imported<WorkerResult>> results(Digest vertex, OpContext context) {
    for (ImportedLayers.Source source : sources) {
      CacheDocument.Entry entry = entry(source, vertex);
      if (entry.results().isEmpty()) {
        continue;
      }
      try {
        List<WorkerResult> results = new ArrayList<>();
        for (int top : entry.results()) {
          results.add(new SnapshotResult(layers.open(source, top, context)));
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
}
