package dev.obdbuild.builder;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.registry.ImageManifest;
import dev.obdbuild.snapshots.ImageRecords;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.snapshots.LocalImage;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.snapshots.SnapshotGoneException;
import dev.obdbuild.solver.progress.OpProgress;
import dev.obdbuild.solver.progress.ProgressSink;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Finds images by name: in the local store first, then in their registry. */
public final class ImageLookup {

  private static final Duration LEASE = Duration.ofHours(1);

  private final Engine engine;

  /** A look-up on an engine, which it borrows. */
  public ImageLookup(Engine engine) {
    this.engine = engine;
  }

  /**
   * An image's documents, byte for byte.
   *
   * @param name canonical reference
   * @param local whether it is in the local store
   */
  public record Documents(
      String name, Digest digest, byte[] manifest, byte[] config, boolean local) {}

  /**
   * An image with its root filesystem. Closing it lets the filesystem be pruned again.
   *
   * @param snapshot the root filesystem
   */
  public record Found(String name, ImageConfig config, Snapshot snapshot, Lease lease)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      lease.close();
    }
  }

  /** The documents of an image; nothing of its layers is read. */
  public Documents documents(String name) throws IOException {
    Reference reference = Reference.parse(name);
    ImageRecords records = engine.snapshots().images();
    Optional<LocalImage> local = records.find(reference.canonical());
    if (local.isPresent()) {
      LocalImage image = local.get();
      return new Documents(
          image.name(), image.manifest(), records.manifest(image), records.config(image), true);
    }
    ImageManifest image = engine.registry().image(reference, Platform.host());
    Descriptor config = image.manifest().config();
    byte[] configBytes = engine.registry().smallBlob(reference.where(), config);
    return new Documents(
        reference.canonical(), image.descriptor().digest(), image.body(), configBytes, false);
  }

  /**
   * An image whose filesystem can be mounted: opened lazily, or converted when it has no overlaybd
   * form.
   */
  public Found find(String name) throws IOException {
    Reference reference = Reference.parse(name);
    Lease lease = engine.snapshots().lease("use of " + reference.canonical(), LEASE);
    try {
      return find(reference, lease);
    } catch (IOException | RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  private Found find(Reference reference, Lease lease) throws IOException {
    ImageRecords records = engine.snapshots().images();
    Optional<LocalImage> local = records.find(reference.canonical());
    if (local.isPresent()) {
      String id = local.get().snapshot();
      Snapshot snapshot =
          engine
              .snapshots()
              .get(id, lease)
              .orElseThrow(() -> new SnapshotGoneException(id, "it was pruned"));
      ImageConfig config =
          ImageConfig.parse(records.config(local.get()), "config of " + reference.canonical());
      return new Found(reference.canonical(), config, snapshot, lease);
    }
    Documents documents = documents(reference.canonical());
    ImageConfig config =
        ImageConfig.parse(documents.config(), "config of " + reference.canonical());
    Optional<Descriptor> acceleration =
        Manifest.parse(documents.manifest(), documents.digest().toString()).accelerationLayer();
    if (acceleration.isPresent()) {
      config = config.withoutTopLayer();
      engine.prefetch(new LayerBlob(acceleration.get(), reference.where()));
    }
    Reference pinned = reference.withDigest(documents.digest());
    OpProgress silent =
        new OpProgress(ProgressSink.none(), documents.digest(), InstantSource.system());
    return new Found(
        reference.canonical(),
        config,
        engine.images().open(pinned, Platform.host(), lease, silent),
        lease);
  }
}
