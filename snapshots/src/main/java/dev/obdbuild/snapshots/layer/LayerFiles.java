package dev.obdbuild.snapshots.layer;

import dev.obdbuild.backstore.device.LayerPlace;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.ChannelFile;
import dev.obdbuild.overlaybd.layer.LayerFile;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.RawLayerIndex;
import dev.obdbuild.snapshots.store.Boot;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.LayerRow;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.SealedRow;
import dev.obdbuild.snapshots.store.StoreException;
import dev.obdbuild.snapshots.store.StorePaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Opens the best form of a layer: raw files, else a sealed blob, else lazily from its registry.
 * Thread-safe.
 */
final class LayerFiles {
  /** What the database says of a layer. */
  record Forms(LayerRow row, List<SealedRow> sealed) {}

  private final Database database;
  private final StorePaths paths;
  private final RemoteBlobs remote;
  private final String boot;

  LayerFiles(Database database, StorePaths paths, RemoteBlobs remote) throws IOException {
    this.database = database;
    this.paths = paths;
    this.remote = remote;
    this.boot = Boot.id();
  }

  /** The forms of a layer, without raw files that a power cut may have spoiled. */
  Forms forms(String id) throws IOException {
    return database.tx(
        tx -> {
          LayerRow row =
              LayerTable.find(tx, id)
                  .orElseThrow(() -> new StoreException("layer " + id + " is not in the store"));
          return new Forms(row, LayerTable.sealed(tx, id));
        });
  }

  /** The layer, opened; the caller closes it. */
  Layer open(String id) throws IOException {
    Forms forms = forms(id);
    try {
      return open(forms);
    } catch (NoSuchFileException e) {
      // Another process sealed the layer and dropped its raw files between our query and our open.
      Forms again = forms(id);
      if (again.equals(forms)) {
        throw new StoreException("layer " + id + ": the file " + e.getFile() + " is missing", e);
      }
      return open(again);
    }
  }

  private Layer open(Forms forms) throws IOException {
    LayerRow row = forms.row();
    if (row.raw().isPresent() && trusted(row.raw().get())) {
      return openRaw(row.id());
    }
    for (SealedRow sealed : forms.sealed()) {
      if (Files.exists(paths.blob(sealed.hex()))) {
        return openSealed(sealed);
      }
    }
    Optional<LayerBlob> place = place(row);
    if (place.isPresent()) {
      return remote.layer(place.get());
    }
    throw new StoreException(
        row.raw().isPresent()
            ? "layer " + row.id() + " was not on disk yet when the machine went down"
            : "layer " + row.id() + " has no form left in the store");
  }

  /** Where any process finds the form of the layer that {@link #open} opens. */
  LayerPlace where(String id) throws IOException {
    Forms forms = forms(id);
    LayerRow row = forms.row();
    if (row.raw().isPresent() && trusted(row.raw().get())) {
      return new LayerPlace.Raw(paths.rawData(id), paths.rawIndex(id));
    }
    for (SealedRow sealed : forms.sealed()) {
      if (Files.exists(paths.blob(sealed.hex()))) {
        return new LayerPlace.Sealed(paths.blob(sealed.hex()));
      }
    }
    return new LayerPlace.Remote(
        place(row).orElseThrow(() -> new StoreException("layer " + id + " has no form left")));
  }

  boolean trusted(LayerRow.RawForm raw) {
    return raw.synced() || raw.boot().equals(boot);
  }

  static Optional<LayerBlob> place(LayerRow row) throws IOException {
    return row.remote().isPresent()
        ? Optional.of(RemotePlace.parse(row.remote().get()))
        : Optional.empty();
  }

  private Layer openRaw(String id) throws IOException {
    Path data = paths.rawData(id);
    BlockFile file = ChannelFile.open(data);
    try {
      return RawLayerIndex.open(file, paths.rawIndex(id), id);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private Layer openSealed(SealedRow sealed) throws IOException {
    String name = "sha256:" + sealed.hex();
    return LayerFile.open(ChannelFile.open(paths.blob(sealed.hex())), name);
  }
}
