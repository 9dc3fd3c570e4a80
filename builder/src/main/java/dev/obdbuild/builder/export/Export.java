package dev.obdbuild.builder.export;

import dev.obdbuild.builder.BuildOutcome.Moved;
import dev.obdbuild.builder.attest.BuildAttestations;
import dev.obdbuild.builder.attest.BuildAttestations.Made;
import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.BuildResult;
import dev.obdbuild.builder.build.CacheEntry;
import dev.obdbuild.builder.build.Ref;
import dev.obdbuild.builder.cache.CacheTarget;
import dev.obdbuild.builder.session.ClientSession;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.pusher.LayerUploader;
import dev.obdbuild.pusher.UploadProgress;
import dev.obdbuild.pusher.output.FolderOutput;
import dev.obdbuild.pusher.output.ImageOutput;
import dev.obdbuild.pusher.output.LayerChoice;
import dev.obdbuild.pusher.output.LayoutOutput;
import dev.obdbuild.pusher.output.Output;
import dev.obdbuild.pusher.output.TarOutput;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.solver.progress.VertexProgress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What becomes of the result of one build: it is carried out, with layers going up while later
 * steps run, and then exported. Used once; closing gives up what is still going up.
 */
public final class Export implements AutoCloseable {

  private final Build build;
  private final ExportRequest request;
  private final LayerChoice preset;
  private final LateOutputs late;
  private final List<ExportRequest.Entry> entries = new ArrayList<>();
  private final List<Output> outputs = new ArrayList<>();
  private final BuildAttestations attestations;
  private final LayerUploader uploader;
  private final List<CacheTarget> caches = new ArrayList<>();
  private final long fetchedBefore;
  private long sentApart;
  private final Set<LayerSource> sealedEarly = ConcurrentHashMap.newKeySet();

  /**
   * An export of a build, which it borrows.
   *
   * @param preset how layers are written where an output does not say it
   * @param late outputs beside those of the request
   * @throws IllegalArgumentException when an output is asked for in a way that makes no sense
   */
  public Export(Build build, ExportRequest request, LayerChoice preset, LateOutputs late) {
    this.build = build;
    this.request = request;
    this.preset = preset;
    this.late = late;
    this.fetchedBefore = build.engine().fetchedBytes();
    request.entries().forEach(this::add);
    for (CacheEntry cache : request.caches()) {
      caches.add(CacheTarget.parse(cache.type(), cache.attrs()));
    }
    this.attestations =
        new BuildAttestations(
            build, request.frontend(), request.frontendOptions(), request.facts(), Instant.now());
    this.uploader = new LayerUploader(build.lending().registry(), UploadProgress.NONE);
  }

  /**
   * What an export came to.
   *
   * @param response what the client is told, by BuildKit's keys
   * @param images what each exporter made, by its index; none for exporters of files
   * @param recorded how each part of the result came to be, by its platform; the key is empty where
   *     the build was not asked for platforms
   */
  public record Exported(
      SortedMap<String, String> response,
      SortedMap<Integer, ExportedImage> images,
      BuildAttestations.Recorded recorded,
      int sealedLayers,
      long sealedBytes,
      long pushedBytes) {}

  private void add(ExportRequest.Entry entry) {
    outputs.add(Output.parse(entry.type(), entry.attrs(), preset));
    entries.add(entry);
  }

  /** Carries the result out and exports it. */
  public Exported run(BuildResult result) throws IOException {
    SortedMap<String, String> response = new TreeMap<>();
    SortedMap<Integer, ExportedImage> images = new TreeMap<>();
    result
        .metadata()
        .forEach(
            (key, value) -> {
              if (key.startsWith("frontend.")) {
                response.put(key, new String(value, StandardCharsets.UTF_8));
              }
            });
    if (result.isEmpty()
        && outputs.isEmpty()
        && caches.isEmpty()
        && late.equals(LateOutputs.NONE)) {
      return new Exported(response, images, Map::of, 0, 0, 0);
    }
    List<SolvedPart> parts = Parts.solve(build, result, this::snapshot);
    late.find(
            result.metadata(),
            parts.stream()
                .filter(part -> part.ref().isPresent())
                .map(part -> part.snapshot().id())
                .toList())
        .forEach(this::add);
    Made made =
        attestations.of(
            parts.stream().map(part -> part.toAttest(result)).toList(),
            outputs.stream().anyMatch(Export::wantsBlocks));
    Results results =
        new Results(
            result, parts, part -> made.attestations().getOrDefault(part.key(), List.of()), caches);
    for (int i = 0; i < outputs.size(); i++) {
      Optional<ExportedImage> image = export(i, results);
      if (image.isPresent()) {
        response.putAll(image.get().response());
        images.put(i, image.get());
      }
    }
    response.putAll(
        build.caches().export(caches, results.snapshots(), results.trails(), build.folders()));
    late.finish(response);
    long sealed = 0;
    for (LayerSource layer : sealedEarly) {
      sealed += outputs.isEmpty() ? 0 : layer.seal().descriptor().size();
    }
    return new Exported(
        response,
        images,
        made.recorded(),
        sealedEarly.size(),
        sealed,
        uploader.sentBytes() + sentApart);
  }

  /** Block layers go up early where they will be pushed anyway. */
  private Snapshot snapshot(Ref ref) throws IOException {
    boolean blocks = outputs.stream().anyMatch(Export::wantsBlocks);
    if (!blocks) {
      return build.snapshot(ref);
    }
    Set<Repository> targets = targets();
    return build.snapshot(
        ref,
        ops ->
            new EarlyLayers(
                ops,
                ExportedChain.of(ref.graph()),
                build.engine().snapshots(),
                uploader,
                targets,
                sealedEarly));
  }

  private static boolean wantsBlocks(Output output) {
    return switch (output) {
      case ImageOutput image -> image.image().layers().overlaybd();
      case LayoutOutput layout -> layout.image().layers().overlaybd();
      case TarOutput tar -> false;
      case FolderOutput folder -> false;
    };
  }

  private Set<Repository> targets() {
    Set<Repository> targets = new LinkedHashSet<>();
    for (Output output : outputs) {
      if (output instanceof ImageOutput image
          && image.push()
          && !image.insecure()
          && wantsBlocks(image)) {
        for (String name : image.image().names(Optional.empty())) {
          if (!name.equals("*")) {
            targets.add(Reference.parse(name).where());
          }
        }
      }
    }
    return targets;
  }

  private Optional<ExportedImage> export(int index, Results results) throws IOException {
    Output output = outputs.get(index);
    VertexProgress step = VertexProgress.begin(build.progress(), output.title());
    try {
      ExportStatuses stages = new ExportStatuses(step.work());
      Optional<ExportedImage> exported = Optional.empty();
      switch (output) {
        case ImageOutput image -> {
          ImageExporter exporter = new ImageExporter(build, keeps(index), uploader, stages);
          exported = Optional.of(exporter.run(image, results));
          sentApart += exporter.sentBytes();
        }
        case LayoutOutput layout ->
            exported =
                Optional.of(
                    new LayoutExporter(client(), build, stages).run(index, layout, results));
        case TarOutput tar -> new FileExporter(client(), build, stages).tar(index, tar, results);
        case FolderOutput folder ->
            new FileExporter(client(), build, stages).folder(index, folder, results);
      }
      if (index == outputs.size() - 1 && build.baseBytes() > 0) {
        long fetched = build.engine().fetchedBytes() - fetchedBefore;
        stages.begin(Moved.fetched(fetched, build.baseBytes())).close();
      }
      step.complete();
      return exported;
    } catch (IOException | RuntimeException e) {
      step.fail(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /** An image stays here if the request says so, or the exporter itself. */
  private boolean keeps(int index) {
    String said = entries.get(index).attrs().get("store");
    return said == null ? request.keep() : said.equals("true");
  }

  private ClientSession client() throws IOException {
    return build
        .lending()
        .session()
        .orElseThrow(() -> new IOException("there is no client to send the output to"));
  }

  @Override
  public void close() {
    attestations.close();
    uploader.close();
  }
}
