package dev.obdbuild.snapshots;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.snapshots.store.Blobs;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.ImageRow;
import dev.obdbuild.snapshots.store.ImageTable;
import dev.obdbuild.snapshots.store.SnapshotTable;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The images of the local store: a name, a manifest and a config kept as blobs, and the snapshot
 * that is the root filesystem. Thread-safe. An image keeps its snapshot and all below it from being
 * pruned.
 */
public final class ImageRecords {
  private final Database database;
  private final Blobs blobs;

  ImageRecords(Database database, Blobs blobs) {
    this.database = database;
    this.blobs = blobs;
  }

  /**
   * Stores an image under {@code name}, replacing what had that name.
   *
   * @param name canonical reference
   * @param size compressed bytes of the layers, as listings show it
   * @throws SnapshotGoneException when the snapshot was pruned meanwhile
   */
  public LocalImage put(String name, byte[] manifest, byte[] config, Snapshot snapshot, long size)
      throws IOException {
    String manifestHex = blobs.put(manifest);
    String configHex = blobs.put(config);
    ImageRow row = new ImageRow(name, manifestHex, configHex, snapshot.id(), size, Instant.now());
    database.tx(
        tx -> {
          if (SnapshotTable.find(tx, snapshot.id()).isEmpty()) {
            throw new SnapshotGoneException(snapshot.id(), "it was pruned");
          }
          ImageTable.put(tx, row);
          return true;
        });
    return image(row);
  }

  /** The image of that name. */
  public Optional<LocalImage> find(String name) throws IOException {
    return database.tx(tx -> ImageTable.find(tx, name)).map(ImageRecords::image);
  }

  /** All images, by name. */
  public List<LocalImage> all() throws IOException {
    return database.tx(ImageTable::all).stream().map(ImageRecords::image).toList();
  }

  /** Forgets the name; its layers stay until they are pruned. False when there is no such image. */
  public boolean remove(String name) throws IOException {
    return database.tx(tx -> ImageTable.delete(tx, name));
  }

  /** The bytes of the image's manifest. */
  public byte[] manifest(LocalImage image) throws IOException {
    return blobs.bytes(image.manifest().hex());
  }

  /** The bytes of the image's config. */
  public byte[] config(LocalImage image) throws IOException {
    return blobs.bytes(image.config().hex());
  }

  private static LocalImage image(ImageRow row) {
    return new LocalImage(
        row.name(),
        new Digest("sha256", row.manifest()),
        new Digest("sha256", row.config()),
        row.snapshot(),
        row.size(),
        row.updated());
  }
}
