package dev.obdbuild.snapshots;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import dev.obdbuild.snapshots.convert.ChainKey;
import dev.obdbuild.snapshots.layer.RemotePlace;
import dev.obdbuild.snapshots.store.Blobs;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.LayerRow;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.SealedRow;
import dev.obdbuild.snapshots.store.SnapshotRow;
import dev.obdbuild.snapshots.store.SnapshotTable;
import dev.obdbuild.snapshots.store.Tx;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Overlaybd layers as snapshots: they need no conversion, whether they stay in a registry or were
 * copied into the store.
 */
record ReadyLayers(Database database, Catalog catalog, Blobs blobs) {

  /**
   * One of them.
   *
   * @param uuid identity of the layer if it is new here
   * @param place where it can be read lazily; empty for one whose blob is in the store
   */
  record Ready(
      Descriptor descriptor, String uuid, Optional<Instant> created, Optional<LayerBlob> place) {

    String layer() {
      return descriptor.digest().algorithm() + "-" + descriptor.digest().hex();
    }
  }

  /** The snapshot of one more layer over another. Costs no byte of the layer. */
  StoredSnapshot over(StoredSnapshot below, Ready ready, Optional<String> lease)
      throws IOException {
    Digest digest = ready.descriptor().digest();
    // Which empty filesystem this store makes is of no concern to a chain that brings its own.
    ChainKey key = (below.empty() ? ChainKey.start("overlaybd") : below.key()).blob(digest);
    return database.tx(
        tx -> {
          Instant now = Instant.now();
          record(tx, ready, now);
          Optional<String> known = SnapshotTable.findChain(tx, key.toString());
          if (known.isPresent()) {
            Optional<StoredSnapshot> found = catalog.find(tx, known.get(), lease);
            if (found.isPresent()) {
              return found.get();
            }
          }
          String from = ready.place().map(place -> place.repository() + "@").orElse("");
          SnapshotRow row =
              new SnapshotRow(
                  UUID.randomUUID().toString(),
                  below.empty() ? Optional.empty() : Optional.of(below.id()),
                  ready.layer(),
                  key.toString(),
                  SnapshotRow.BASE,
                  "pulled " + from + digest,
                  ready.descriptor().size(),
                  ready.created().orElse(now),
                  now,
                  0);
          SnapshotTable.nameChain(tx, key.toString(), row.id());
          return catalog.add(tx, below, row, lease);
        });
  }

  private static void record(Tx tx, Ready ready, Instant now) throws SQLException, IOException {
    Optional<String> place = ready.place().map(RemotePlace::format);
    if (LayerTable.find(tx, ready.layer()).isEmpty()) {
      LayerTable.add(
          tx, new LayerRow(ready.layer(), ready.uuid(), "", 0, Optional.empty(), place, now));
    } else if (place.isPresent()) {
      // The place that was seen last is the one most likely to be there, and to let us in.
      LayerTable.moved(tx, ready.layer(), place.get());
    }
    if (place.isEmpty()) {
      Descriptor blob = ready.descriptor();
      LayerTable.addSealed(
          tx,
          new SealedRow(
              ready.layer(), "as pulled", blob.digest().hex(), blob.size(), blob.toJson()));
    }
  }

  /** The snapshot that shows all layers; those that this store does not know yet are copied. */
  StoredSnapshot copied(LayerCopies copies, Optional<String> lease, BaseProgress progress)
      throws IOException {
    StoredSnapshot snapshot = catalog.scratch();
    Optional<Digest> oci = Optional.empty();
    for (int i = 0; i < copies.layers().size(); i++) {
      Descriptor layer = copies.layers().get(i);
      if (!OverlaybdAnnotations.isNative(layer)) {
        throw new IOException(copies.name() + ": layer " + layer.digest() + " is not overlaybd's");
      }
      oci = Optional.of(ChainKey.oci(oci, copies.diffIds().get(i)));
      String uuid = ChainKey.uuid(oci.get());
      Optional<LayerBlob> place = place(new Ready(layer, uuid, Optional.empty(), Optional.empty()));
      if (place.isEmpty()) {
        copy(layer, copies.source(), progress);
      }
      snapshot = over(snapshot, new Ready(layer, uuid, copies.created().get(i), place), lease);
    }
    return snapshot;
  }

  /** Where a layer lives that is known already. */
  private Optional<LayerBlob> place(Ready ready) throws IOException {
    Optional<String> place =
        database.tx(tx -> LayerTable.find(tx, ready.layer()).flatMap(LayerRow::remote));
    return place.isPresent() ? Optional.of(RemotePlace.parse(place.get())) : Optional.empty();
  }

  /** Brings a blob into the store, unless it is there. */
  void copy(Descriptor layer, LayerCopies.Source source, BaseProgress progress) throws IOException {
    if (!blobs.has(layer.digest().hex())) {
      progress.layer(layer, 0, false);
      try (InputStream in = source.open(layer)) {
        var _ = blobs.put(in, layer.digest().hex());
      }
    }
    progress.layer(layer, layer.size(), true);
  }
}
