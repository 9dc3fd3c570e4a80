package dev.obdbuild.snapshots.layer;

import dev.obdbuild.backstore.device.HostSparseFile;
import dev.obdbuild.backstore.device.TopFiles;
import dev.obdbuild.linux.file.Trees;
import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.overlaybd.block.SparseFile;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerIdentity;
import dev.obdbuild.overlaybd.lsmt.RawLayerIndex;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import dev.obdbuild.snapshots.store.Boot;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.LayerRow;
import dev.obdbuild.snapshots.store.LayerRow.RawForm;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.StorePaths;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes the writable layers of this process: recorded as unfinished before their files exist, so
 * that a sweep removes what a killed process was writing. Thread-safe.
 */
public final class RawLayers {
  /**
   * A layer being written.
   *
   * @param id its name in the store
   */
  public record Writing(String id, WritableLayer layer) {}

  private final Database database;
  private final StorePaths paths;
  private final String owner;
  private final String boot;
  private final boolean journalled;

  /**
   * @param journalled whether another process must be able to go on with a layer
   */
  public RawLayers(Database database, StorePaths paths, String owner, boolean journalled)
      throws IOException {
    this.journalled = journalled;
    this.database = database;
    this.paths = paths;
    this.owner = owner;
    this.boot = Boot.id();
  }

  /**
   * A new empty writable layer for a device of {@code size} bytes.
   *
   * @param filesystem kind of the filesystem on that device
   */
  public Writing create(long size, LayerIdentity identity, String filesystem) throws IOException {
    return create(UUID.randomUUID().toString(), size, identity, filesystem);
  }

  /** As above, under a given name that the store does not have yet. */
  public Writing create(String id, long size, LayerIdentity identity, String filesystem)
      throws IOException {
    LayerRow row =
        new LayerRow(
            id,
            identity.uuid(),
            identity.parentUuid(),
            size,
            Optional.empty(),
            Optional.empty(),
            Instant.now());
    database.tx(
        tx -> {
          LayerTable.begin(tx, row, owner);
          LayerTable.setFilesystem(tx, id, filesystem);
          return true;
        });
    try {
      Files.createDirectories(paths.raw(id));
      return new Writing(id, layer(id, size, identity));
    } catch (IOException | RuntimeException e) {
      drop(id);
      throw e;
    }
  }

  private WritableLayer layer(String id, long size, LayerIdentity identity) throws IOException {
    Closing files = new Closing();
    try {
      SparseFile data = files.add(HostSparseFile.create(paths.rawData(id)));
      if (!journalled) {
        return SparseLayer.create(data, size, identity);
      }
      SparseFile journal = files.add(HostSparseFile.create(paths.rawJournal(id)));
      return SparseLayer.createJournalled(data, journal, size, identity);
    } catch (IOException | RuntimeException e) {
      files.closeAfter(e);
      throw e;
    }
  }

  /** Where the files of a layer being written are. */
  public TopFiles files(String id) {
    return new TopFiles(paths.rawData(id), paths.rawJournal(id), paths.rawIndex(id));
  }

  /**
   * Writes the index of a frozen layer beside its data; the form is then ready for {@link
   * LayerTable#finish}.
   */
  public RawForm finish(String id, Layer frozen) throws IOException {
    RawLayerIndex.write(frozen, paths.rawIndex(id));
    return new RawForm(frozen.index().dataSectors() * 512, boot, false);
  }

  /** Forgets a layer that was never finished, whose files are closed, and removes its files. */
  public void drop(String id) throws IOException {
    // The files first: on a full disk they make the room that the record's removal needs.
    Trees.remove(paths.raw(id));
    database.tx(
        tx -> {
          LayerTable.delete(tx, id);
          return true;
        });
  }
}
