package dev.obdbuild.snapshots.check;

import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.Descendants;
import dev.obdbuild.snapshots.store.ImageRow;
import dev.obdbuild.snapshots.store.ImageTable;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.SnapshotRow;
import dev.obdbuild.snapshots.store.SnapshotTable;
import dev.obdbuild.snapshots.store.StorePaths;
import dev.obdbuild.snapshots.store.Tx;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Records that name others: snapshots their parents and layers, images their documents. */
final class RecordCheck {
  private final Database database;
  private final StorePaths paths;
  private final BlobCheck blobs;
  private final Quarantine quarantine;
  private final List<Finding> findings;

  RecordCheck(
      Database database,
      StorePaths paths,
      BlobCheck blobs,
      Quarantine quarantine,
      List<Finding> findings) {
    this.database = database;
    this.paths = paths;
    this.blobs = blobs;
    this.quarantine = quarantine;
    this.findings = findings;
  }

  void run() throws IOException {
    database.tx(
        tx -> {
          snapshots(tx);
          // Nobody has the store open: whatever says otherwise is of a process that is gone.
          tx.update("DELETE FROM lease_refs");
          tx.update("DELETE FROM leases");
          tx.update("DELETE FROM chains WHERE snapshot NOT IN (SELECT id FROM snapshots)");
          tx.update("DELETE FROM pins WHERE snapshot NOT IN (SELECT id FROM snapshots)");
          for (String layer : LayerTable.unfinished(tx)) {
            LayerTable.delete(tx, layer);
          }
          return true;
        });
    for (ImageRow image : database.tx(ImageTable::all)) {
      image(image);
    }
  }

  private void snapshots(Tx tx) throws SQLException {
    Set<String> ids = new HashSet<>();
    List<SnapshotRow> rows = SnapshotTable.all(tx);
    rows.forEach(row -> ids.add(row.id()));
    for (SnapshotRow row : rows) {
      String missing =
          row.parent().isPresent() && !ids.contains(row.parent().get())
              ? "its parent " + row.parent().get()
              : LayerTable.find(tx, row.layer()).isEmpty() ? "its layer " + row.layer() : "";
      if (!missing.isEmpty() && SnapshotTable.find(tx, row.id()).isPresent()) {
        List<String> images = Descendants.remove(tx, List.of(row.id()));
        findings.add(
            new Finding(
                "snapshot "
                    + row.id()
                    + " ("
                    + row.description()
                    + "): "
                    + missing
                    + " is not on record",
                "what made it runs again when needed",
                false));
        images.forEach(image -> lost(image, "its snapshot " + row.id() + " is gone"));
      }
    }
  }

  private void image(ImageRow image) throws IOException {
    for (String hex : List.of(image.manifest(), image.config())) {
      Optional<String> damage = blobs.damage(hex);
      if (damage.isPresent()) {
        lost(image.name(), damage.get() + ", " + quarantine.take(paths.blob(hex)));
        database.tx(tx -> ImageTable.delete(tx, image.name()));
        return;
      }
    }
    boolean there = database.tx(tx -> SnapshotTable.find(tx, image.snapshot()).isPresent());
    if (!there) {
      lost(image.name(), "its snapshot " + image.snapshot() + " is not on record");
      database.tx(tx -> ImageTable.delete(tx, image.name()));
    }
  }

  private void lost(String image, String why) {
    findings.add(new Finding("image " + image + ": " + why, "build or pull it again", true));
  }
}
