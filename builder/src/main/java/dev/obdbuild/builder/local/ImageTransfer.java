package dev.obdbuild.builder.local;

import dev.obdbuild.builder.CancellableCall;
import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.ImageLookup;
import dev.obdbuild.builder.export.ExportStatuses;
import dev.obdbuild.builder.progress.Amount;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.History;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.registry.ImageManifest;
import dev.obdbuild.overlaybd.trace.TraceRecord;
import dev.obdbuild.pusher.AssembledImage;
import dev.obdbuild.pusher.ImageContents;
import dev.obdbuild.pusher.ImagePusher;
import dev.obdbuild.pusher.ImageSet;
import dev.obdbuild.pusher.ImageTree;
import dev.obdbuild.pusher.LayerUploader;
import dev.obdbuild.pusher.UploadProgress;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.OpProgress;
import dev.obdbuild.solver.progress.ProgressSink;
import dev.obdbuild.solver.progress.StatusProgress;
import dev.obdbuild.solver.progress.VertexProgress;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings images that exist already into registries: local ones as they are, plain ones converted.
 */
public final class ImageTransfer {

  private static final Duration LEASE = Duration.ofHours(1);
  private static final String ACCELERATION = "Acceleration Layer";

  private final Engine engine;
  private final ProgressSink sink;
  private final Cancellation cancellation;

  /** A transfer on an engine, which it borrows. */
  public ImageTransfer(Engine engine, ProgressSink sink, Cancellation cancellation) {
    this.engine = engine;
    this.sink = sink;
    this.cancellation = cancellation;
  }

  /**
   * What a transfer came to.
   *
   * @param digest of the manifest
   * @param summary one line about what moved
   */
  public record Outcome(Digest digest, String summary) {}

  /** Pushes an image of the local store under other names, or its own. */
  public Outcome push(String image, List<String> names) throws IOException {
    return CancellableCall.run(cancellation, () -> pushNow(image, names));
  }

  private Outcome pushNow(String image, List<String> names) throws IOException {
    List<Reference> targets = names.stream().map(Reference::parse).toList();
    String canonical = Reference.parse(image).canonical();
    if (engine.snapshots().images().find(canonical).isEmpty()) {
      throw new IOException("no image " + image + " in " + engine.host().root());
    }
    VertexProgress step = VertexProgress.begin(sink, "pushing " + image);
    try (ImageLookup.Found found = new ImageLookup(engine).find(image);
        LayerUploader uploader = new LayerUploader(engine.registry(), UploadProgress.NONE)) {
      ImageContents contents = contents(found.snapshot(), found.config(), Optional.empty());
      AssembledImage assembled = AssembledImage.of(contents);
      push(contents, assembled, targets, uploader, step.work());
      step.complete();
      return new Outcome(
          assembled.manifestDescriptor().digest(),
          "pushed " + Amount.rounded(uploader.sentBytes()));
    } catch (IOException | RuntimeException e) {
      step.abandon(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /**
   * Pushes an image under another name, with a prefetch trace on top of it in place of one that it
   * may have.
   *
   * @param trace its layers are those of the image's filesystem
   */
  public Outcome accelerate(String image, List<TraceRecord> trace, String target)
      throws IOException {
    return CancellableCall.run(cancellation, () -> accelerateNow(image, trace, target));
  }

  private Outcome accelerateNow(String image, List<TraceRecord> trace, String target)
      throws IOException {
    VertexProgress step = VertexProgress.begin(sink, "accelerating " + image);
    try (ImageLookup.Found found = new ImageLookup(engine).find(image);
        LayerUploader uploader = new LayerUploader(engine.registry(), UploadProgress.NONE)) {
      List<LayerSource> layers = new ArrayList<>(found.snapshot().layers());
      layers.add(AccelerationSource.of(trace, engine.snapshots().temporaryDirectory()));
      List<History> history = new ArrayList<>(found.config().history());
      history.add(new History(Optional.empty(), ACCELERATION, "", ACCELERATION, false));
      List<Optional<Instant>> times =
          new ArrayList<>(Collections.nCopies(layers.size() - 1, Optional.empty()));
      times.add(Optional.of(Instant.now()));
      ImageContents contents =
          new ImageContents(
              layers, times, found.config().withHistory(history), Map.of(), Optional.empty());
      AssembledImage assembled = AssembledImage.of(contents);
      push(contents, assembled, List.of(Reference.parse(target)), uploader, step.work());
      step.complete();
      return new Outcome(
          assembled.manifestDescriptor().digest(),
          "pushed " + target + " with a trace of " + trace.size() + " reads");
    } catch (IOException | RuntimeException e) {
      step.abandon(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /**
   * Converts an image to overlaybd and pushes the result.
   *
   * @param target name of the result; empty to push it beside the image as its referrer, where
   *     builds look for it
   */
  public Outcome convert(String image, Optional<String> target, Platform platform)
      throws IOException {
    return CancellableCall.run(cancellation, () -> convertNow(image, target, platform));
  }

  private Outcome convertNow(String image, Optional<String> target, Platform platform)
      throws IOException {
    Reference source = Reference.parse(image);
    VertexProgress step = VertexProgress.begin(sink, "converting " + source.canonical());
    long fetchedBefore = engine.fetchedBytes();
    try (Lease lease = engine.snapshots().lease("conversion", LEASE);
        LayerUploader uploader = new LayerUploader(engine.registry(), UploadProgress.NONE)) {
      ImageManifest manifest = engine.registry().image(source, platform);
      Descriptor config = manifest.manifest().config();
      ImageConfig parsed =
          ImageConfig.parse(
              engine.registry().smallBlob(source.where(), config), config.digest().toString());
      if (manifest.manifest().accelerationLayer().isPresent()) {
        parsed = parsed.withoutTopLayer();
      }
      Reference pinned = source.withDigest(manifest.descriptor().digest());
      Snapshot snapshot = engine.images().open(pinned, platform, lease, step.work());
      ImageContents contents =
          contents(
              snapshot,
              parsed,
              target.isPresent() ? Optional.empty() : Optional.of(subject(manifest)));
      AssembledImage assembled;
      try (StatusProgress status = step.work().status("sealing layers")) {
        status.update(0, 0);
        assembled = AssembledImage.of(contents);
      }
      if (target.isPresent()) {
        push(contents, assembled, List.of(Reference.parse(target.get())), uploader, step.work());
      } else {
        new ImagePusher(engine.registry(), uploader)
            .pushUntagged(
                ImageTree.of(contents, assembled), source.where(), new ExportStatuses(step.work()));
      }
      step.complete();
      return new Outcome(
          assembled.manifestDescriptor().digest(),
          summary(contents, assembled, uploader, engine.fetchedBytes() - fetchedBefore));
    } catch (IOException | RuntimeException e) {
      step.abandon(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  private static Descriptor subject(ImageManifest manifest) {
    Descriptor it = manifest.descriptor();
    return new Descriptor(
        it.mediaType().isEmpty() ? MediaTypes.OCI_MANIFEST : it.mediaType(),
        it.digest(),
        it.size());
  }

  private static String summary(
      ImageContents contents, AssembledImage assembled, LayerUploader uploader, long fetched) {
    long size = assembled.layers().stream().mapToLong(Descriptor::size).sum();
    return "fetched "
        + Amount.rounded(fetched)
        + "; "
        + contents.layers().size()
        + " layers "
        + Amount.rounded(size)
        + "; pushed "
        + Amount.rounded(uploader.sentBytes());
  }

  /** The image as its config tells it: every time in its history stays. */
  private static ImageContents contents(
      Snapshot snapshot, ImageConfig config, Optional<Descriptor> subject) {
    List<LayerSource> layers = snapshot.layers();
    List<Optional<Instant>> untold = Collections.nCopies(layers.size(), Optional.empty());
    return new ImageContents(layers, untold, config, Map.of(), subject);
  }

  private void push(
      ImageContents contents,
      AssembledImage assembled,
      List<Reference> targets,
      LayerUploader uploader,
      OpProgress progress)
      throws IOException {
    ImageSet set = new ImageSet(ImageTree.of(contents, assembled), Optional.empty());
    new ImagePusher(engine.registry(), uploader)
        .push(set, targets, false, new ExportStatuses(progress));
  }
}
