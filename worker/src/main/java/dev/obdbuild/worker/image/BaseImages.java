package dev.obdbuild.worker.image;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.registry.ImageManifest;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.registry.RegistryException;
import dev.obdbuild.snapshots.ImageBase;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.OpProgress;
import dev.obdbuild.solver.progress.StatusProgress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns references into snapshots. Thread-safe; borrows both its parts. */
public final class BaseImages {

  private final RegistryClient registry;
  private final Snapshots snapshots;

  public BaseImages(RegistryClient registry, Snapshots snapshots) {
    this.registry = registry;
    this.snapshots = snapshots;
  }

  /** The reference with its digest; the registry is asked only when it has none yet. */
  public Reference resolve(Reference reference, OpProgress progress) throws IOException {
    if (reference.digest().isPresent()) {
      return reference;
    }
    try (StatusProgress status = progress.status("resolve " + reference.canonical())) {
      status.update(0, 0);
      return registry.resolve(reference).reference();
    }
  }

  /**
   * The root filesystem of an image. An overlaybd image, or one for which an overlaybd form was
   * pushed as its referrer, is opened lazily; another one is converted, once.
   */
  public Snapshot open(Reference reference, Platform platform, Lease lease, OpProgress progress)
      throws IOException {
    return open(reference, platform, lease, progress, Cancellation.never());
  }

  /**
   * As above.
   *
   * @throws java.util.concurrent.CancellationException when cancelled while converting
   */
  public Snapshot open(
      Reference reference,
      Platform platform,
      Lease lease,
      OpProgress progress,
      Cancellation cancellation)
      throws IOException {
    ImageBase base;
    try (StatusProgress status = progress.status("resolve " + reference.canonical())) {
      status.update(0, 0);
      ImageManifest image = registry.image(reference, platform);
      base =
          isNative(image.manifest())
              ? base(reference, image.manifest())
              : converted(reference, image, progress).orElse(base(reference, image.manifest()));
    }
    if (base.layers().isEmpty()) {
      return snapshots.scratch();
    }
    try (LayerStatuses layers = new LayerStatuses(progress, cancellation)) {
      return snapshots.base(base, lease, layers);
    }
  }

  private static boolean isNative(Manifest manifest) {
    List<Descriptor> layers =
        manifest.layers().stream()
            .filter(layer -> !OverlaybdAnnotations.isAccelerationLayer(layer))
            .toList();
    return !layers.isEmpty() && layers.stream().allMatch(OverlaybdAnnotations::isNative);
  }

  /** The overlaybd form that somebody pushed beside the image. */
  private Optional<ImageBase> converted(
      Reference reference, ImageManifest image, OpProgress progress) throws IOException {
    Repository where = reference.where();
    try {
      for (Descriptor referrer :
          registry.referrers(where, image.descriptor().digest(), MediaTypes.OVERLAYBD_REFERRER)) {
        Manifest manifest =
            Manifest.parse(
                registry.manifest(where, referrer.digest()), referrer.digest().toString());
        if (isNative(manifest)) {
          return Optional.of(base(reference, manifest));
        }
      }
      return Optional.empty();
    } catch (RegistryException e) {
      // The image itself is there: what is lost is only the time its conversion takes.
      progress.warn(
          "no converted form of " + reference.canonical() + " could be looked for",
          List.of(String.valueOf(e.getMessage())),
          "",
          Optional.empty(),
          List.of());
      return Optional.empty();
    }
  }

  private ImageBase base(Reference reference, Manifest manifest) throws IOException {
    ImageConfig config =
        ImageConfig.parse(
            registry.smallBlob(reference.where(), manifest.config()),
            manifest.config().digest().toString());
    if (manifest.layers().size() != config.diffIds().size()) {
      throw new IOException(
          reference
              + ": the manifest has "
              + manifest.layers().size()
              + " layers, the config "
              + config.diffIds().size()
              + " diff ids");
    }
    List<Descriptor> layers = new ArrayList<>();
    List<Digest> diffIds = new ArrayList<>();
    for (int i = 0; i < manifest.layers().size(); i++) {
      // A layer that only says what to prefetch is no part of the filesystem.
      if (!OverlaybdAnnotations.isAccelerationLayer(manifest.layers().get(i))) {
        layers.add(manifest.layers().get(i));
        diffIds.add(config.diffIds().get(i));
      }
    }
    return new ImageBase(reference.canonical(), layers, diffIds, reference.where());
  }
}
