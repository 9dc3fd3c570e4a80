package dev.obdbuild.backstore.remote;

import dev.obdbuild.backstore.cache.BlockCache;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.layer.LayerFile;
import dev.obdbuild.overlaybd.lsmt.Layer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;

/**
 * Opens overlaybd layers where they lie: opening costs a layer's index, its blocks come when they
 * are read. Thread-safe.
 */
public final class RemoteLayers {

  private static final int OPENERS = 8;

  private final RegistryClient registry;
  private final BlockCache cache;
  private final LongAdder fetched = new LongAdder();

  /** Layers from a client and through a cache, neither of which it closes. */
  public RemoteLayers(RegistryClient registry, BlockCache cache) {
    this.registry = registry;
    this.cache = cache;
  }

  /**
   * Opens one layer; the caller closes it.
   *
   * @throws IOException when it cannot be read or is no overlaybd layer; names its digest
   */
  public Layer open(LayerBlob blob) throws IOException {
    Digest digest = blob.descriptor().digest();
    String name = digest.toString();
    RemoteBlob remote =
        new RemoteBlob(registry.reader(blob.repository(), blob.descriptor()), name, fetched);
    BlockFile cached = cache.wrap(digest.hex(), remote);
    try {
      return LayerFile.open(cached, name);
    } catch (IOException | RuntimeException e) {
      try (cached) {
        throw e;
      }
    }
  }

  /** Opens several layers at a time, in the given order; all of them or none. */
  public List<Layer> open(List<LayerBlob> blobs) throws IOException {
    List<Future<Layer>> opening = new ArrayList<>();
    List<Layer> opened = new ArrayList<>();
    boolean complete = false;
    try (ExecutorService openers =
        Executors.newFixedThreadPool(
            Math.clamp(blobs.size(), 1, OPENERS),
            Thread.ofPlatform().daemon().name("layer-open-", 0).factory())) {
      blobs.forEach(blob -> opening.add(openers.submit(() -> open(blob))));
      for (Future<Layer> one : opening) {
        opened.add(one.get());
      }
      complete = true;
      return List.copyOf(opened);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(String.valueOf(cause.getMessage()), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while opening layers", e);
    } finally {
      if (!complete) {
        closeAll(opening);
      }
    }
  }

  /** The pool has ended by now: every one of them is open, failed or never began. */
  private static void closeAll(List<Future<Layer>> opening) throws IOException {
    for (Future<Layer> one : opening) {
      if (one.state() == Future.State.SUCCESS) {
        one.resultNow().close();
      }
    }
  }

  /** Bytes read from registries so far, by all layers. */
  public long fetchedBytes() {
    return fetched.sum();
  }
}
