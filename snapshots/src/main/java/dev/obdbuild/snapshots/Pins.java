package dev.obdbuild.snapshots;

import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.PinTable;
import dev.obdbuild.snapshots.store.SnapshotTable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Snapshots that are kept under a name for somebody who goes on from the newest of them: the folder
 * of a cache mount. Thread-safe. What a name keeps is neither pruned nor listed among results; it
 * goes with the name.
 *
 * <p>Of a name's snapshots those that a power cut took are passed over: what was the newest before
 * is the newest again.
 */
public final class Pins {
  private final Database database;
  private final Catalog catalog;
  private final Pruning pruning;

  Pins(Database database, Catalog catalog, Pruning pruning) {
    this.database = database;
    this.catalog = catalog;
    this.pruning = pruning;
  }

  /**
   * Keeps a snapshot as the newest of a name, beside the earlier ones.
   *
   * @throws SnapshotGoneException when the snapshot was pruned meanwhile
   */
  public void add(String name, Snapshot snapshot) throws IOException {
    database.tx(
        tx -> {
          if (SnapshotTable.find(tx, snapshot.id()).isEmpty()) {
            throw new SnapshotGoneException(snapshot.id(), "it was pruned");
          }
          PinTable.add(tx, name, snapshot.id());
          return true;
        });
  }

  /** The newest snapshot of a name, held by {@code lease}. */
  public Optional<Snapshot> newest(String name, Lease lease) throws IOException {
    return database.tx(
        tx -> {
          for (String id : PinTable.of(tx, name)) {
            Optional<StoredSnapshot> found = catalog.find(tx, id, Optional.of(lease.id()));
            if (found.isPresent()) {
              return Optional.<Snapshot>of(found.get());
            }
          }
          return Optional.<Snapshot>empty();
        });
  }

  /** Whether a name keeps a snapshot. */
  public boolean has(String name) throws IOException {
    return database.tx(
        tx -> {
          for (String id : PinTable.of(tx, name)) {
            if (SnapshotTable.find(tx, id).isPresent()) {
              return true;
            }
          }
          return false;
        });
  }

  /** Bytes that the snapshots of each name take; what several names keep counts once. */
  public Map<String, Long> bytes() throws IOException {
    Map<String, Long> bytes = new HashMap<>();
    for (UsageRecord record : pruning.usage().records()) {
      record.pin().ifPresent(name -> bytes.merge(name, record.size(), Long::sum));
    }
    return bytes;
  }

  /** Lets a name go, with what nothing else needs. */
  public void remove(String name) throws IOException {
    Set<String> kept =
        pruning.usage().records().stream()
            .filter(record -> record.pin().filter(name::equals).isPresent())
            .map(UsageRecord::id)
            .collect(Collectors.toSet());
    database.tx(
        tx -> {
          PinTable.delete(tx, name);
          return true;
        });
    if (!kept.isEmpty()) {
      var _ = pruning.prune(new PruneRequest(record -> kept.contains(record.id())));
    }
  }

  /** Keeps a snapshot under a name instead of those that it had. */
  public void replace(String name, Snapshot snapshot) throws IOException {
    database.tx(
        tx -> {
          if (SnapshotTable.find(tx, snapshot.id()).isEmpty()) {
            throw new SnapshotGoneException(snapshot.id(), "it was pruned");
          }
          PinTable.delete(tx, name);
          PinTable.add(tx, name, snapshot.id());
          return true;
        });
  }
}
