package dev.obdbuild.builder.cache;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.pusher.cache.CachePlace;
import dev.obdbuild.pusher.cache.CacheReader;
import dev.obdbuild.pusher.cache.InlineCache;
import dev.obdbuild.pusher.cache.LayoutPlace;
import dev.obdbuild.pusher.cache.ReadCache;
import dev.obdbuild.pusher.cache.RegistryPlace;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.solver.CacheTrail;
import dev.obdbuild.solver.ImportedCache;
import dev.obdbuild.solver.progress.ProgressSink;
import dev.obdbuild.solver.progress.VertexProgress;
import dev.obdbuild.worker.WorkerResult;
import dev.obdbuild.worker.cachemount.ImportedFolders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Imports and exports the caches of builds. Thread-safe; borrows all of its parts.
 *
 * <p>A build calls {@link #importing} before it solves, {@link #inline} for each image that it
 * exports, and {@link #export} after the exporters, while the lease of its results is open.
 */
public final class BuildCaches {

  /** Under which a client finds the descriptor of the manifest of an exported cache. */
  public static final String MANIFEST_KEY = "cache.manifest";

  private final RegistryClient registry;
  private final Snapshots snapshots;
  private final LocalStores stores;
  private final ProgressSink sink;
  private final ImportedMounts mounts = new ImportedMounts();

  /**
   * @param registry with the logins of the build's client
   * @param stores those of the build's client
   * @param sink hears of the imports and exports as vertices of their own
   */
  public BuildCaches(
      RegistryClient registry, Snapshots snapshots, LocalStores stores, ProgressSink sink) {
    this.registry = registry;
    this.snapshots = snapshots;
    this.stores = stores;
    this.sink = sink;
  }

  /**
   * Reads the documents of caches, at the same time; no layer is read. What cannot be imported is
   * shown on its vertex and left out.
   *
   * @param lease holds the snapshots of results that are used
   */
  public ImportedCache<WorkerResult> importing(List<CacheSource> sources, Lease lease) {
    List<Future<List<Imported>>> reading = new ArrayList<>();
    List<Imported> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      sources.forEach(source -> reading.add(threads.submit(() -> read(source))));
      for (Future<List<Imported>> one : reading) {
        all.addAll(one.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ImportedCache.none();
    }
    if (all.isEmpty()) {
      return ImportedCache.none();
    }
    ImportedLayers layers = new ImportedLayers(snapshots, lease);
    all.forEach(read -> mounts.add(read, layers));
    return new ImportedResults(all.stream().map(Imported::source).toList(), layers);
  }

  private CachePlace layout(CacheSource.Local cache) throws IOException {
    if (cache.digest().isEmpty()) {
      throw new IOException("there is no cache in " + cache.store());
    }
    return new LayoutPlace(cache.store(), stores.open(cache.store()), cache.digest());
  }

  /** A cache that was read, and whether its cache mounts are wanted. */
  record Imported(ImportedLayers.Source source, boolean mounts) {}

  /** What new cache mounts start with: those of all caches imported so far. */
  public ImportedFolders mounts() {
    return mounts;
  }

  private List<Imported> read(CacheSource source) {
    VertexProgress step =
        VertexProgress.begin(sink, "importing cache manifest from " + source.name());
    try {
      CachePlace place =
          switch (source) {
            case CacheSource.Registry cache -> place(cache.reference(), cache.insecure());
            case CacheSource.Local cache -> layout(cache);
          };
      List<Imported> found = new ArrayList<>();
      for (ReadCache cache : CacheReader.read(place)) {
        found.add(
            new Imported(
                new ImportedLayers.Source(place, isLasting(source), cache), source.mounts()));
      }
      step.complete();
      return found;
    } catch (IOException e) {
      step.fail(String.valueOf(e.getMessage()));
      return List.of();
    }
  }

  /**
   * What is added to the config of an image: the results of which it consists, if its build has an
   * inline target. The image's config itself is to be {@link #withoutInline} what its base image
   * brought.
   *
   * @param image the image's root filesystem, each of whose layers is one of the image
   * @param solved what solves the image came from
   * @return keys of the config with their JSON
   */
  public static Map<String, String> inline(
      List<CacheTarget> targets, Snapshot image, List<CacheTrail<WorkerResult>> solved)
      throws IOException {
    if (targets.stream().noneMatch(CacheTarget.Inline.class::isInstance)) {
      return Map.of();
    }
    return InlineCache.fields(
        image.layers(), SolvedResults.of(solved, Optional.of(List.of(image))));
  }

  /** A config without the inline cache of the image that it was made from. */
  public static ImageConfig withoutInline(ImageConfig config) {
    return InlineCache.without(config);
  }

  /**
   * Exports to all targets but the inline ones.
   *
   * @param images the build's results: with {@code mode=min} only results of which they consist are
   *     exported
   * @param folders cache mounts for targets that want them
   * @return what the client is to be told
   * @throws IOException when a target could not be written that must not fail
   */
  public Map<String, String> export(
      List<CacheTarget> targets,
      List<Snapshot> images,
      List<CacheTrail<WorkerResult>> solved,
      BuildFolders folders)
      throws IOException {
    MountExport mountExport = new MountExport(folders, mounts);
    Map<String, String> response = new LinkedHashMap<>();
    for (CacheTarget target : targets) {
      switch (target) {
        case CacheTarget.Inline inline -> {}
        case CacheTarget.Registry cache -> {
          CachePlace place = place(cache.reference(), cache.insecure());
          tell(response, export(place, "registry", cache.writing(), images, solved, mountExport));
        }
        case CacheTarget.Local cache -> {
          CachePlace place =
              new LayoutPlace(cache.store(), stores.open(cache.store()), Optional.empty());
          tell(
              response,
              export(place, "client directory", cache.writing(), images, solved, mountExport));
        }
      }
    }
    return response;
  }

  private RegistryPlace place(Reference reference, boolean insecure) {
    RegistryClient client = insecure ? registry.insecure(reference.where().registry()) : registry;
    return new RegistryPlace(client, reference);
  }

  /** What only this build may reach, later ones cannot read lazily. */
  private static boolean isLasting(CacheSource source) {
    return switch (source) {
      case CacheSource.Registry cache -> !cache.insecure();
      case CacheSource.Local _ -> false;
    };
  }

  private static void tell(Map<String, String> response, Optional<Descriptor> manifest) {
    manifest.ifPresent(descriptor -> response.put(MANIFEST_KEY, descriptor.toJson()));
  }

  private Optional<Descriptor> export(
      CachePlace place,
      String kind,
      CacheTarget.Writing writing,
      List<Snapshot> images,
      List<CacheTrail<WorkerResult>> solved,
      MountExport mountExport)
      throws IOException {
    VertexProgress step = VertexProgress.begin(sink, "exporting cache to " + kind);
    try (ExportStages stages = new ExportStages(step.work())) {
      Optional<Descriptor> manifest =
          new CacheExportRun(snapshots, place, writing, stages)
              .run(images, solved, () -> mountExport.contents(stages, step.work()));
      step.complete();
      return manifest;
    } catch (IOException e) {
      step.fail(String.valueOf(e.getMessage()));
      if (writing.ignoreError()) {
        return Optional.empty();
      }
      throw e;
    } finally {
      step.abandon("given up");
    }
  }
}
