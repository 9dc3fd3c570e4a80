package dev.obdbuild.builder;

import dev.obdbuild.builder.config.BuildOptions;
import dev.obdbuild.frontend.plan.BuildPlan;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.pusher.AssembledImage;
import dev.obdbuild.pusher.BuildMetadata;
import dev.obdbuild.pusher.ExporterResponse;
import dev.obdbuild.pusher.ImageContents;
import dev.obdbuild.pusher.ImagePusher;
import dev.obdbuild.pusher.ImageSet;
import dev.obdbuild.pusher.ImageTree;
import dev.obdbuild.pusher.LayerUploader;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.solver.progress.OpProgress;
import dev.obdbuild.solver.progress.ProgressSink;
import dev.obdbuild.solver.progress.StatusProgress;
import dev.obdbuild.solver.progress.VertexProgress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The end of a build: from a snapshot to an image that is pushed, kept in the local store, or both.
 * Opened before the solve, so that layers can go up while later steps run; closing gives up what is
 * still going up.
 */
final class ImageExport implements AutoCloseable {

  private final Engine engine;
  private final BuildOptions.Output output;
  private final List<Reference> names;
  private final ProgressSink sink;
  private final LayerUploader uploader;

  ImageExport(Engine engine, BuildOptions.Output output, List<Reference> names, ProgressSink sink) {
    this.engine = engine;
    this.output = output;
    this.names = names;
    this.sink = sink;
    this.uploader = new LayerUploader(engine.registry(), dev.obdbuild.pusher.UploadProgress.NONE);
  }

  /**
   * What an export came to.
   *
   * @param imageId digest of the config
   */
  record Exported(
      Digest imageId, Digest manifest, int sealedLayers, long sealedBytes, long pushedBytes) {}

  LayerUploader uploader() {
    return uploader;
  }

  /** The repositories of the image's names. */
  Set<Repository> targets() {
    Set<Repository> out = new LinkedHashSet<>();
    names.forEach(name -> out.add(name.where()));
    return out;
  }

  Exported run(BuildPlan plan, Snapshot snapshot, EarlyLayers made) throws IOException {
    VertexProgress step = VertexProgress.begin(sink, "exporting to image");
    try {
      Exported exported = export(plan, snapshot, made, step.work());
      step.complete();
      return exported;
    } catch (IOException | RuntimeException e) {
      step.fail(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  private Exported export(BuildPlan plan, Snapshot snapshot, EarlyLayers made, OpProgress progress)
      throws IOException {
    ImageContents contents = contents(plan, snapshot);
    AssembledImage image;
    try (StatusProgress status = progress.status("exporting layers")) {
      status.update(0, 0);
      image = AssembledImage.of(contents);
    }
    progress.status("exporting manifest " + image.manifestDescriptor().digest()).close();
    progress.status("exporting config " + image.configDescriptor().digest()).close();
    ImageTree tree = ImageTree.of(contents, image);
    if (output.push()) {
      push(tree, progress);
    }
    if (output.keep()) {
      keep(image, snapshot, progress);
    }
    writeFiles(tree);
    long sealed = 0;
    int layers = 0;
    for (LayerSource layer : contents.layers()) {
      if (made.made().contains(layer)) {
        layers++;
        sealed += layer.seal().descriptor().size();
      }
    }
    return new Exported(
        image.configDescriptor().digest(),
        image.manifestDescriptor().digest(),
        layers,
        sealed,
        uploader.sentBytes());
  }

  /**
   * The layers with the times of those that are not the base's; the base's history tells its own.
   */
  private static ImageContents contents(BuildPlan plan, Snapshot snapshot) {
    List<LayerSource> layers = snapshot.layers();
    List<Instant> times = snapshot.layerTimes();
    int baseLayers = plan.base().map(base -> base.diffIds().size()).orElse(0);
    List<Optional<Instant>> layerTimes = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      layerTimes.add(
          i < baseLayers ? Optional.empty() : Optional.of(plan.epoch().orElse(times.get(i))));
    }
    return new ImageContents(layers, layerTimes, plan.config(), Map.of(), Optional.empty());
  }

  private void push(ImageTree image, OpProgress progress) throws IOException {
    new ImagePusher(engine.registry(), uploader)
        .push(new ImageSet(image, Optional.empty()), names, false, new ExportStatuses(progress));
  }

  private void keep(AssembledImage image, Snapshot snapshot, OpProgress progress)
      throws IOException {
    long size = image.layers().stream().mapToLong(Descriptor::size).sum();
    for (Reference name : names) {
      try (StatusProgress status = progress.status("naming to " + name.canonical())) {
        status.update(0, 0);
        engine
            .snapshots()
            .images()
            .put(name.canonical(), image.manifest(), image.config(), snapshot, size);
      }
    }
  }

  private void writeFiles(ImageTree image) throws IOException {
    if (output.iidFile().isPresent()) {
      Files.write(
          output.iidFile().get(),
          image.config().orElseThrow().digest().toString().getBytes(StandardCharsets.UTF_8));
    }
    if (output.metadataFile().isPresent()) {
      List<String> told = names.stream().map(Reference::canonical).toList();
      Files.write(output.metadataFile().get(), BuildMetadata.of(ExporterResponse.of(image, told)));
    }
  }

  @Override
  public void close() {
    uploader.close();
  }
}
