package dev.obdbuild.snapshots;

import dev.obdbuild.linux.file.Trees;
import dev.obdbuild.snapshots.store.Blobs;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.ImageRow;
import dev.obdbuild.snapshots.store.ImageTable;
import dev.obdbuild.snapshots.store.LayerRow;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.LeaseTable;
import dev.obdbuild.snapshots.store.PinTable;
import dev.obdbuild.snapshots.store.SealedRow;
import dev.obdbuild.snapshots.store.SnapshotRow;
import dev.obdbuild.snapshots.store.SnapshotTable;
import dev.obdbuild.snapshots.store.StorePaths;
import dev.obdbuild.snapshots.store.TarRow;
import dev.obdbuild.snapshots.store.TarTable;
import dev.obdbuild.snapshots.store.Tx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What the store takes, and making it take less. A snapshot goes only when nothing stands on it.
 */
final class Pruning {
  /** A blob without a record may be on its way to one; an hour later it is not. */
  private static final Duration ORPHAN_AGE = Duration.ofHours(1);

  private final Database database;
  private final StorePaths paths;
  private final Blobs blobs;
  private final String processLease;
  private final Supplier<Set<String>> inUse;

  /**
   * @param processLease does not count in this process's own pruning: it holds all that was ever
   *     asked for
   * @param inUse snapshots that devices of this process stand on
   */
  Pruning(
      Database database,
      StorePaths paths,
      Blobs blobs,
      String processLease,
      Supplier<Set<String>> inUse) {
    this.database = database;
    this.paths = paths;
    this.blobs = blobs;
    this.processLease = processLease;
    this.inUse = inUse;
  }

  UsageReport usage() throws IOException {
    Set<String> live = inUse.get();
    List<UsageRecord> records = database.tx(tx -> View.read(tx, processLease, live).records());
    return new UsageReport(records);
  }

  PruneReport prune(PruneRequest request) throws IOException {
    Set<String> live = inUse.get();
    List<LayerRow> raws = new ArrayList<>();
    Set<String> unnamed = new HashSet<>();
    List<UsageRecord> removed =
        database.tx(
            tx -> {
              List<UsageRecord> gone = remove(tx, request, View.read(tx, processLease, live));
              dropUnusedLayers(tx, raws, unnamed);
              return gone;
            });
    for (LayerRow layer : raws) {
      Trees.remove(paths.raw(layer.id()));
    }
    for (String hex : unnamed) {
      blobs.delete(hex);
    }
    dropOrphanBlobs();
    return new PruneReport(removed, removed.stream().mapToLong(UsageRecord::size).sum());
  }

  /** Removes one snapshot that nothing holds and nothing stands on. */
  void remove(String id) throws IOException {
    Set<String> live = inUse.get();
    UsageRecord record =
        database.tx(
            tx ->
                View.read(tx, processLease, live).records().stream()
                    .filter(r -> r.id().equals(id))
                    .findFirst()
                    .orElseThrow(() -> new SnapshotGoneException(id, "there is none of that id")));
    if (record.inUse() || record.shared() || record.pin().isPresent()) {
      throw new IOException("snapshot " + id + " is in use");
    }
    PruneReport report = prune(new PruneRequest(r -> r.id().equals(id)));
    if (report.removed().isEmpty()) {
      throw new IOException("snapshot " + id + " has others standing on it");
    }
  }

  private static List<UsageRecord> remove(Tx tx, PruneRequest request, View view)
      throws SQLException {
    List<UsageRecord> removed = new ArrayList<>();
    List<UsageRecord> candidates =
        new ArrayList<>(
            view.records().stream()
                .filter(r -> !r.inUse() && !r.shared() && r.pin().isEmpty())
                .filter(request.filter())
                .sorted(Comparator.comparing(UsageRecord::lastUsed))
                .toList());
    Map<String, Integer> children = view.children();
    boolean progress = true;
    while (progress) {
      progress = false;
      for (UsageRecord record : List.copyOf(candidates)) {
        if (children.getOrDefault(record.id(), 0) > 0) {
          continue;
        }
        SnapshotTable.delete(tx, record.id());
        candidates.remove(record);
        record.parents().forEach(parent -> children.merge(parent, -1, Integer::sum));
        removed.add(record);
        progress = true;
      }
    }
    return removed;
  }

  private static void dropUnusedLayers(Tx tx, List<LayerRow> raws, Set<String> unnamed)
      throws SQLException {
    for (String id : LayerTable.unused(tx)) {
      Optional<LayerRow> row = LayerTable.find(tx, id);
      if (row.isEmpty() || id.startsWith("template-")) {
        continue;
      }
      List<SealedRow> sealed = LayerTable.sealed(tx, id);
      List<TarRow> tars = TarTable.of(tx, id);
      LayerTable.delete(tx, id);
      if (row.get().raw().isPresent()) {
        raws.add(row.get());
      }
      sealed.forEach(form -> unnamed.add(form.hex()));
      tars.forEach(form -> unnamed.add(form.hex()));
    }
    // Equal layers of different chains may share a blob.
    LayerTable.allSealed(tx).forEach(form -> unnamed.remove(form.hex()));
    TarTable.all(tx).forEach(form -> unnamed.remove(form.hex()));
  }

  private void dropOrphanBlobs() throws IOException {
    Instant limit = Instant.now().minus(ORPHAN_AGE);
    Set<String> named = new HashSet<>();
    database.tx(
        tx -> {
          LayerTable.allSealed(tx).forEach(form -> named.add(form.hex()));
          TarTable.all(tx).forEach(form -> named.add(form.hex()));
          for (ImageRow image : ImageTable.all(tx)) {
            named.add(image.manifest());
            named.add(image.config());
          }
          return true;
        });
    for (String hex : blobs.all()) {
      if (!named.contains(hex) && olderThan(limit, hex)) {
        blobs.delete(hex);
      }
    }
  }

  private boolean olderThan(Instant limit, String hex) throws IOException {
    try {
      return Files.getLastModifiedTime(blobs.path(hex)).toInstant().isBefore(limit);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** All snapshots at one moment. */
  private record View(List<UsageRecord> records, Map<String, Integer> children) {
    static View read(Tx tx, String processLease, Set<String> live) throws SQLException {
      List<SnapshotRow> rows = SnapshotTable.all(tx);
      Map<String, SnapshotRow> byId = new HashMap<>();
      Map<String, Integer> children = new HashMap<>();
      for (SnapshotRow row : rows) {
        byId.put(row.id(), row);
        row.parent().ifPresent(parent -> children.merge(parent, 1, Integer::sum));
      }
      Set<String> held = new HashSet<>(live);
      held.addAll(LeaseTable.held(tx, processLease, Instant.now()));
      Set<String> used = withAncestors(held, byId);
      Set<String> named = new HashSet<>();
      ImageTable.all(tx).forEach(image -> named.add(image.snapshot()));
      Set<String> shared = withAncestors(named, byId);
      Map<String, String> pinned = new HashMap<>();
      PinTable.all(tx)
          .forEach(
              (id, name) ->
                  withAncestors(Set.of(id), byId).forEach(kept -> pinned.putIfAbsent(kept, name)));
      Set<String> counted = new HashSet<>();
      List<UsageRecord> records = new ArrayList<>();
      for (SnapshotRow row : rows) {
        long size = counted.add(row.layer()) ? size(tx, row.layer()) : 0;
        records.add(
            new UsageRecord(
                row.id(),
                row.parent().stream().toList(),
                row.description(),
                size,
                row.created(),
                row.used(),
                row.uses(),
                used.contains(row.id()),
                shared.contains(row.id()),
                row.kind().equals(SnapshotRow.BASE),
                Optional.ofNullable(pinned.get(row.id()))));
      }
      return new View(records, children);
    }

    private static long size(Tx tx, String layer) throws SQLException {
      long size =
          LayerTable.find(tx, layer).flatMap(LayerRow::raw).map(LayerRow.RawForm::bytes).orElse(0L);
      for (SealedRow form : LayerTable.sealed(tx, layer)) {
        size += form.size();
      }
      for (TarRow form : TarTable.of(tx, layer)) {
        size += form.size();
      }
      return size;
    }

    private static Set<String> withAncestors(Set<String> ids, Map<String, SnapshotRow> byId) {
      Set<String> all = new HashSet<>();
      for (String id : ids) {
        Optional<String> at = Optional.of(id);
        while (at.isPresent() && byId.containsKey(at.get()) && all.add(at.get())) {
          at = byId.get(at.get()).parent();
        }
      }
      return all;
    }
  }
}
