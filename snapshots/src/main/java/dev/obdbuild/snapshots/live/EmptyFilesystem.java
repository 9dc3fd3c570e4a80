package dev.obdbuild.snapshots.live;

import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.device.LayeredDevice;
import dev.obdbuild.backstore.device.LayeredExport;
import dev.obdbuild.backstore.device.StackDevice;
import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.overlaybd.lsmt.LayerIdentity;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SegmentIndex;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import dev.obdbuild.snapshots.fs.NewFilesystem;
import dev.obdbuild.snapshots.layer.OpenLayers;
import dev.obdbuild.snapshots.layer.RawLayers;
import dev.obdbuild.snapshots.layer.RawLayers.Writing;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.NamedLocks;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * The empty filesystem: made once per kind and size by mkfs on a device of ours, kept as a raw
 * layer, and copied into the first layer of every image that starts from nothing, so that no image
 * has an extra layer for it.
 */
final class EmptyFilesystem {
  private static final int SECTOR = 512;

  private final Database database;
  private final NamedLocks locks;
  private final RawLayers raws;
  private final OpenLayers layers;
  private final DeviceExporter exporter;
  private final NewFilesystem wanted;

  EmptyFilesystem(
      Database database,
      NamedLocks locks,
      RawLayers raws,
      OpenLayers layers,
      DeviceExporter exporter,
      NewFilesystem wanted) {
    this.database = database;
    this.locks = locks;
    this.raws = raws;
    this.layers = layers;
    this.exporter = exporter;
    this.wanted = wanted;
  }

  /**
   * The chain that shows the empty filesystem read-only. Makes the template when this is its first
   * use.
   */
  Chain chain() throws IOException {
    // Not under the name of the empty chain: that one has no layers.
    return new Chain("scratch-template", List.of(template()));
  }

  /** Writes the empty filesystem into a fresh layer. */
  void copyInto(WritableLayer layer) throws IOException {
    try (OpenLayers.Held held = layers.acquire(template())) {
      SegmentIndex index = held.layer().index();
      for (int i = 0; i < index.size(); i++) {
        if (!index.zeroed(i)) {
          MemorySegment data = MemorySegment.ofArray(new byte[index.length(i) * SECTOR]);
          held.layer().data().read(index.fileSector(i) * SECTOR, data);
          layer.write(index.start(i) * SECTOR, data);
        }
      }
    }
  }

  /** Id of the template's layer. */
  String template() throws IOException {
    String id = wanted.template();
    if (known(id)) {
      return id;
    }
    try (var _ = locks.lock(id)) {
      if (!known(id)) {
        make(id);
      }
    }
    return id;
  }

  private boolean known(String id) throws IOException {
    return database.tx(tx -> LayerTable.find(tx, id)).flatMap(row -> row.raw()).isPresent();
  }

  private void make(String id) throws IOException {
    long size = wanted.bytes();
    Writing writing = raws.create(id, size, LayerIdentity.NONE, wanted.kind().type());
    boolean made = false;
    ChainPlaces places =
        new ChainPlaces(layers, new Chain(id, List.of()), Optional.of(raws.files(id)));
    try (WritableLayer layer = writing.layer();
        StackDevice local = new StackDevice(LayerStack.of(List.of(), size), layer);
        Closing frozen = new Closing()) {
      LayeredExport export = exporter.exportLayers(local, places, id);
      LayeredDevice device = export.device();
      try (ExportedDevice exported = export.exported()) {
        wanted.kind().make(exported.node(), wanted.mkfs());
        if (device.failure().isPresent()) {
          throw new IOException("mkfs on " + id + " met a failed device", device.failure().get());
        }
        var form = raws.finish(id, frozen.add(device.freezeTop()));
        database.tx(
            tx -> {
              LayerTable.finish(tx, id, form);
              return true;
            });
        made = true;
      }
    } finally {
      if (!made) {
        raws.drop(id);
      }
    }
  }
}
