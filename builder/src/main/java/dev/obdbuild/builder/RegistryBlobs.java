package dev.obdbuild.builder;

import dev.obdbuild.backstore.remote.Fetched;
import dev.obdbuild.backstore.remote.RemoteLayers;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.snapshots.layer.RemoteBlobs;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Reaches layers in registries for the store, and counts what is fetched. Thread-safe; borrows its
 * parts.
 */
final class RegistryBlobs implements RemoteBlobs {

  private final RegistryClient registry;
  private final RemoteLayers layers;
  private final LongAdder streamed = new LongAdder();

  RegistryBlobs(RegistryClient registry, RemoteLayers layers) {
    this.registry = registry;
    this.layers = layers;
  }

  @Override
  public Layer layer(LayerBlob blob) throws IOException {
    return layers.open(blob);
  }

  @Override
  public InputStream stream(LayerBlob blob) throws IOException {
    return new Counted(registry.blob(blob.repository(), blob.descriptor()), streamed);
  }

  /** How much of open layers came from registries. */
  Fetched fetched(List<Layer> opened) {
    return layers.fetched(opened);
  }

  /** Bytes of layers that came from registries so far. */
  long fetchedBytes() {
    return layers.fetchedBytes() + streamed.sum();
  }

  private static final class Counted extends FilterInputStream {

    private final LongAdder counter;

    Counted(InputStream in, LongAdder counter) {
      super(in);
      this.counter = counter;
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      if (read >= 0) {
        counter.increment();
      }
      return read;
    }

    @Override
    public int read(byte[] dst, int offset, int length) throws IOException {
      int read = super.read(dst, offset, length);
      counter.add(Math.max(read, 0));
      return read;
    }
  }
}
