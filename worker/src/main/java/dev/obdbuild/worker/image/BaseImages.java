package dev.obdbuild.worker.image;

import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.registry.ImageManifest;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.registry.RegistryException;
import dev.obdbuild.snapshots.ImageBase;
import dev.obdbuild.snapshots.LayerPlace;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.snapshots.LocalImage;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.OpProgress;
import dev.obdbuild.solver.progress.StatusProgress;
import dev.obdbuild.worker.image.LayoutImages.LayoutImage;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

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

  /** A blob of a repository, whatever it is; verified at its end. The caller closes it. */
  public InputStream blob(Repository repository, Digest digest) throws IOException {
    return registry.blob(repository, digest);
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
    return open(reference, platform, OptionalInt.empty(), lease, progress, cancellation);
  }

  /**
   * As above, of the lowest {@code limit} layers only.
   *
   * @throws IOException when the image has fewer layers
   */
  public Snapshot open(
      Reference reference,
      Platform platform,
      OptionalInt limit,
      Lease lease,
      OpProgress progress,
      Cancellation cancellation)
      throws IOException {
    ImageBase base;
    try (StatusProgress status = progress.status("resolve " + reference.canonical())) {
      status.update(0, 0);
      ImageManifest image = registry.image(reference, platform);
      // A limit counts the image's own layers, of which another form may have more.
      base =
          BaseLayers.isNative(image.manifest()) || limit.isPresent()
              ? base(reference, image.manifest(), limit)
              : converted(reference, image, progress)
                  .orElse(base(reference, image.manifest(), limit));
    }
    return open(base, lease, progress, cancellation);
  }

  /**
   * The root filesystem of an image whose layers only {@code store} has. Its overlaybd layers are
   * copied, others converted.
   *
   * @param name names the image in messages
   */
  public Snapshot open(
      ContentStore store,
      String name,
      LayoutImage image,
      OptionalInt limit,
      Lease lease,
      OpProgress progress,
      Cancellation cancellation)
      throws IOException {
    return open(
        BaseLayers.of(name, image.manifest(), image.config(), new LayerPlace.InStore(store), limit),
        lease,
        progress,
        cancellation);
  }

  private Snapshot open(ImageBase base, Lease lease, OpProgress progress, Cancellation cancellation)
      throws IOException {
    if (base.layers().isEmpty()) {
      return snapshots.scratch();
    }
    try (LayerStatuses layers = new LayerStatuses(progress, cancellation)) {
      return snapshots.base(base, lease, layers);
    }
  }

  /** The local image that {@code reference} names, if it has one and is for that platform. */
  public Optional<LocalImage> local(Reference reference, Platform platform) throws IOException {
    String name =
        new Reference(
                reference.registry(), reference.repository(), reference.tag(), Optional.empty())
            .canonical();
    Optional<LocalImage> found = snapshots.images().find(name);
    if (found.isEmpty()
        || (reference.digest().isPresent()
            && !reference.digest().get().equals(found.get().manifest()))) {
      return Optional.empty();
    }
    ImageConfig config =
        ImageConfig.parse(snapshots.images().config(found.get()), found.get().config().toString());
    return platform.accepts(config.platform()) ? found : Optional.empty();
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
        if (BaseLayers.isNative(manifest)) {
          return Optional.of(base(reference, manifest, OptionalInt.empty()));
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

  private ImageBase base(Reference reference, Manifest manifest, OptionalInt limit)
      throws IOException {
    ImageConfig config =
        ImageConfig.parse(
            registry.smallBlob(reference.where(), manifest.config()),
            manifest.config().digest().toString());
    return BaseLayers.of(
        reference.canonical(),
        manifest,
        config,
        new LayerPlace.InRegistry(reference.where()),
        limit);
  }
}
