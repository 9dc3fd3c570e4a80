package dev.obdbuild.snapshots.layer;

import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.LayerRow;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.StorePaths;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Forces raw layers to disk, long after their step and never in anybody's way.
 *
 * <p>A step's result must survive a killed process; the page cache sees to that, for nothing. It
 * need not survive a power cut: a raw layer that was not forced is trusted during the boot it was
 * written in only. So forcing is worth doing when the machine has nothing better to do, on what is
 * still raw then.
 */
public final class RawSync {
  private final Database database;
  private final StorePaths paths;

  public RawSync(Database database, StorePaths paths) {
    this.database = database;
    this.paths = paths;
  }

  /**
   * Forces every raw layer that is not on disk yet; yields how many. Blocks for as long as the disk
   * takes.
   */
  public int run() throws IOException {
    List<LayerRow> rows = database.tx(LayerTable::unsynced);
    int done = 0;
    for (LayerRow row : rows) {
      if (force(paths.rawData(row.id()), StandardOpenOption.WRITE)
          && force(paths.rawIndex(row.id()), StandardOpenOption.WRITE)
          && force(paths.raw(row.id()), StandardOpenOption.READ)
          && force(paths.rawLayers(), StandardOpenOption.READ)) {
        database.tx(
            tx -> {
              LayerTable.synced(tx, row.id());
              return true;
            });
        done++;
      }
    }
    return done;
  }

  /** False when the file is gone: the layer was sealed or pruned meanwhile. */
  private static boolean force(Path file, StandardOpenOption access) throws IOException {
    try (FileChannel channel = FileChannel.open(file, access)) {
      channel.force(true);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
