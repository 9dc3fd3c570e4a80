package dev.obdbuild.snapshots;

import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.snapshots.convert.ChainKey;
import dev.obdbuild.snapshots.layer.RemotePlace;
import dev.obdbuild.snapshots.layer.Sealer;
import dev.obdbuild.snapshots.live.Chain;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.LayerRow;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.LeaseTable;
import dev.obdbuild.snapshots.store.SnapshotRow;
import dev.obdbuild.snapshots.store.SnapshotTable;
import dev.obdbuild.snapshots.store.Tx;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Snapshots in and out of the database. Thread-safe. */
final class Catalog {
  private final Database database;
  private final Sealer sealer;
  private final String processLease;
  private final StoredSnapshot scratch;

  /**
   * @param processLease lease of this process: holds every snapshot that it was given
   * @param filesystem kind of filesystem that chains from nothing start with
   */
  Catalog(Database database, Sealer sealer, String processLease, String filesystem) {
    this.database = database;
    this.sealer = sealer;
    this.processLease = processLease;
    this.scratch =
        new StoredSnapshot(
            Chain.EMPTY,
            List.of(),
            List.of(),
            ChainKey.start(filesystem),
            Instant.EPOCH,
            0,
            "scratch");
  }

  StoredSnapshot scratch() {
    return scratch;
  }

  /** The snapshot, held by this process and by {@code lease} from now on. */
  Optional<StoredSnapshot> find(String id, Optional<String> lease) throws IOException {
    if (id.equals(Chain.EMPTY)) {
      return Optional.of(scratch);
    }
    return database.tx(tx -> find(tx, id, lease));
  }

  Optional<StoredSnapshot> find(Tx tx, String id, Optional<String> lease)
      throws SQLException, IOException {
    List<SnapshotRow> rows = SnapshotTable.chain(tx, id);
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    List<StoredLayer> layers = new ArrayList<>();
    for (LayerRow layer : LayerTable.ofChain(tx, id)) {
      layers.add(layer(layer));
    }
    if (layers.size() < rows.size()) {
      return Optional.empty();
    }
    hold(tx, id, lease);
    SnapshotTable.touch(tx, id, Instant.now());
    List<Instant> times = rows.stream().map(SnapshotRow::created).toList();
    return Optional.of(snapshot(rows.getLast(), layers, times));
  }

  /** The snapshot of a chain that is known already. */
  Optional<StoredSnapshot> findChain(ChainKey key, Optional<String> lease) throws IOException {
    return database.tx(
        tx -> {
          Optional<String> id = SnapshotTable.findChain(tx, key.toString());
          return id.isPresent() ? find(tx, id.get(), lease) : Optional.empty();
        });
  }

  /** Puts a snapshot on record whose layer is on record. */
  StoredSnapshot add(Tx tx, StoredSnapshot parent, SnapshotRow row, Optional<String> lease)
      throws SQLException, IOException {
    SnapshotTable.add(tx, row);
    hold(tx, row.id(), lease);
    List<StoredLayer> layers = new ArrayList<>(parent.stored());
    layers.add(layer(LayerTable.find(tx, row.layer()).orElseThrow()));
    List<Instant> times = new ArrayList<>(parent.layerTimes());
    times.add(row.created());
    return snapshot(row, layers, times);
  }

  /** Fails when the snapshot was pruned; holds it otherwise. */
  void hold(Snapshot snapshot, Optional<String> lease) throws IOException {
    if (snapshot.id().equals(Chain.EMPTY)) {
      return;
    }
    database.tx(
        tx -> {
          if (SnapshotTable.find(tx, snapshot.id()).isEmpty()) {
            throw new SnapshotGoneException(snapshot.id(), "it was pruned");
          }
          hold(tx, snapshot.id(), lease);
          return true;
        });
  }

  private void hold(Tx tx, String id, Optional<String> lease) throws SQLException {
    LeaseTable.hold(tx, processLease, id);
    if (lease.isPresent()) {
      LeaseTable.hold(tx, lease.get(), id);
    }
  }

  private StoredLayer layer(LayerRow row) throws IOException {
    Optional<LayerBlob> place =
        row.remote().isPresent()
            ? Optional.of(RemotePlace.parse(row.remote().get()))
            : Optional.empty();
    return new StoredLayer(row.id(), place, sealer);
  }

  private static StoredSnapshot snapshot(
      SnapshotRow row, List<StoredLayer> layers, List<Instant> times) {
    return new StoredSnapshot(
        row.id(),
        layers,
        times,
        ChainKey.parse(row.chain()),
        row.created(),
        row.size(),
        row.description());
  }

  /** What the implementation knows of a snapshot that this store gave out. */
  static StoredSnapshot own(Snapshot snapshot) {
    if (snapshot instanceof StoredSnapshot stored) {
      return stored;
    }
    throw new IllegalArgumentException("not a snapshot of this store: " + snapshot);
  }
}
