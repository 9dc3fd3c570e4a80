package dev.obdbuild.backstore.remote;

import dev.obdbuild.backstore.cache.BlobUse;
import dev.obdbuild.backstore.cache.BlockCache;
import dev.obdbuild.backstore.cache.CachedBlob;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.overlaybd.layer.LayerFile;
import dev.obdbuild.overlaybd.lsmt.Layer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  /** Opening waits and does little else: as many at a time as images have layers, nearly. */
  private static final int OPENERS = 128;

  /** A layer's indexes are seldom more than so small a part of it, and lie at its end. */
  private static final int TAIL_PART = 256;

  /** A blob no larger than this is fetched whole: a second request would cost more. */
  private static final int SMALL = 128 << 10;

  private static final int MIN_TAIL = 16 << 10;
  private static final int MAX_TAIL = 512 << 10;

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
    CachedBlob cached = cache.wrap(digest.hex(), blob.repository().registry(), remote);
    try {
      cached.sparing(true);
      Layer layer = open(cached, name);
      cached.sparing(false);
      return layer;
    } catch (IOException | RuntimeException e) {
      try (cached) {
        throw e;
      }
    }
  }

  private static Layer open(CachedBlob blob, String name) throws IOException {
    long end =
        blob.size() <= SMALL
            ? blob.size()
            : Math.clamp(blob.size() / TAIL_PART, MIN_TAIL, MAX_TAIL);
    // One request, sent by this thread itself; its answer nearly always is enough.
    blob.read(blob.size() - end, MemorySegment.ofArray(new byte[(int) end]));
    try {
      Optional<Layer> layer = LayerFile.openByEnd(blob, name);
      return layer.isPresent() ? layer.get() : Layer.open(LayerFile.unwrap(blob, name), name);
    } catch (FormatException e) {
      // Headers and indexes have no block checksums: a cache may have damaged them. Once more, from
      // the source.
      blob.evict(0, blob.size());
      try {
        return Layer.open(LayerFile.unwrap(blob, name), name);
      } catch (FormatException again) {
        again.addSuppressed(e);
        throw again;
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

  /** How much of open layers came from registries; those that lie here count for nothing. */
  public Fetched fetched(List<Layer> layers) {
    long bytes = 0;
    long size = 0;
    for (Layer layer : layers) {
      Optional<BlobUse> use = cache.use(layer.name().replaceFirst("^sha256:", ""));
      bytes += use.map(BlobUse::fetched).orElse(0L);
      size += use.map(BlobUse::size).orElse(0L);
    }
    return new Fetched(bytes, size);
  }

  /** Bytes read from registries so far, by all layers. */
  public long fetchedBytes() {
    return fetched.sum();
  }
}
