package dev.obdbuild.backstore.serve;

import dev.obdbuild.backstore.device.HostSparseFile;
import dev.obdbuild.backstore.device.LayerPlace;
import dev.obdbuild.backstore.device.TopFiles;
import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.ChannelFile;
import dev.obdbuild.overlaybd.layer.LayerFile;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.RawLayerIndex;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import java.io.IOException;

/** Opens layers where they lie. Thread-safe as far as its opener of blobs is. */
final class LayerOpener {
  private final Blobs blobs;

  /** Opens layers of registries. */
  @FunctionalInterface
  interface Blobs {
    Layer open(LayerBlob blob) throws IOException;
  }

  LayerOpener(Blobs blobs) {
    this.blobs = blobs;
  }

  Layer open(LayerPlace place) throws IOException {
    return switch (place) {
      case LayerPlace.Raw raw -> {
        BlockFile data = ChannelFile.open(raw.data());
        try {
          yield RawLayerIndex.open(data, raw.index(), raw.data().toString());
        } catch (IOException | RuntimeException e) {
          data.close();
          throw e;
        }
      }
      case LayerPlace.Sealed sealed ->
          LayerFile.open(ChannelFile.open(sealed.file()), sealed.file().toString());
      case LayerPlace.Remote remote -> blobs.open(remote.blob());
    };
  }

  /** The writable layer with everything that its last writer acknowledged. */
  static SparseLayer open(TopFiles top, LayerStack below) throws IOException {
    Closing files = new Closing();
    try {
      HostSparseFile data = files.add(HostSparseFile.open(top.data()));
      HostSparseFile journal = files.add(HostSparseFile.open(top.journal()));
      return SparseLayer.reopen(data, journal, below, top.data().toString());
    } catch (IOException | RuntimeException e) {
      files.closeAfter(e);
      throw e;
    }
  }
}
