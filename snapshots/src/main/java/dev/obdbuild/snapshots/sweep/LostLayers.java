package dev.obdbuild.snapshots.sweep;

import dev.obdbuild.linux.file.Trees;
import dev.obdbuild.snapshots.store.Boot;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.Descendants;
import dev.obdbuild.snapshots.store.LayerRow;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.SnapshotTable;
import dev.obdbuild.snapshots.store.StorePaths;
import dev.obdbuild.snapshots.store.Tx;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Forgets raw layers that were not on disk when the machine went down, or whose files are missing
 * (the files of a sealed layer go after the transaction that says so, which a power cut may undo),
 * and the snapshots that stand on them: their steps run again. A layer with another form only loses
 * its raw one.
 */
public final class LostLayers {
  private final Database database;
  private final StorePaths paths;

  public LostLayers(Database database, StorePaths paths) {
    this.database = database;
    this.paths = paths;
  }

  /**
   * Forgets what an earlier boot did not bring to disk, or did away with; yields how many layers.
   */
  public int forget() throws IOException {
    String boot = Boot.id();
    List<String> lost = new ArrayList<>();
    database.tx(
        tx -> {
          for (LayerRow row : LayerTable.raw(tx)) {
            LayerRow.RawForm raw = row.raw().orElseThrow();
            if (!raw.synced() && !raw.boot().equals(boot) || !complete(row.id())) {
              lost.add(row.id());
              forget(tx, row);
            }
          }
          return true;
        });
    for (String layer : lost) {
      Trees.remove(paths.raw(layer));
    }
    return lost.size();
  }

  private boolean complete(String layer) {
    return Files.isRegularFile(paths.rawData(layer)) && Files.isRegularFile(paths.rawIndex(layer));
  }

  private static void forget(Tx tx, LayerRow row) throws SQLException {
    LayerTable.dropRaw(tx, row.id());
    if (row.remote().isPresent() || !LayerTable.sealed(tx, row.id()).isEmpty()) {
      return;
    }
    var _ = Descendants.remove(tx, SnapshotTable.ofLayer(tx, row.id()));
    LayerTable.delete(tx, row.id());
  }
}
