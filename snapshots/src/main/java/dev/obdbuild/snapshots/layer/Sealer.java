package dev.obdbuild.snapshots.layer;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.LayerFormat;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import dev.obdbuild.oci.image.SealedLayer;
import dev.obdbuild.overlaybd.layer.SealedLayerWriter;
import dev.obdbuild.overlaybd.lsmt.CommitOptions;
import dev.obdbuild.overlaybd.zfile.Codec;
import dev.obdbuild.overlaybd.zfile.ZFileOptions;
import dev.obdbuild.snapshots.store.Blobs;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.LayerRow;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.SealedRow;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Turns raw layers into sealed blobs: one streaming pass (live blocks, compression on several
 * threads, tar wrapper, sha256) into a file that is synced and then named by its digest.
 * Thread-safe; one pass per layer however many ask.
 *
 * <p>Runs on its own few platform threads, beside the steps. Layers waiting because of {@link
 * #early} are counted, so that steps can be held back before unsealed layers fill the disk.
 */
public final class Sealer implements AutoCloseable {
  private static final int PARALLEL_LAYERS = 2;

  private final Database database;
  private final Blobs blobs;
  private final OpenLayers layers;
  private final RemoteBlobs remote;
  private final LayerFormat format;
  private final int threads;
  private final int maxWaiting;
  private final ExecutorService pool =
      Executors.newFixedThreadPool(
          PARALLEL_LAYERS, Thread.ofPlatform().name("seal-", 0).daemon().factory());
  private final Map<String, CompletableFuture<SealedLayer>> running = new ConcurrentHashMap<>();
  private final Object waitingLock = new Object();
  private int waiting;
  private volatile boolean closed;

  /** What sealing reads and writes. */
  public record Parts(Database database, Blobs blobs, OpenLayers layers, RemoteBlobs remote) {}

  /**
   * @param format what new blobs are written as
   * @param threads compressing threads of one layer
   * @param maxWaiting layers that may wait before {@link #awaitRoom} blocks
   */
  public Sealer(Parts parts, LayerFormat format, int threads, int maxWaiting) {
    this.database = parts.database();
    this.blobs = parts.blobs();
    this.layers = parts.layers();
    this.remote = parts.remote();
    this.format = format;
    this.threads = threads;
    this.maxWaiting = maxWaiting;
  }

  /** The sealed layer; waits for the pass that makes it, which starts now if it has not yet. */
  public SealedLayer seal(String layer) throws IOException {
    if (!closed && !running.containsKey(layer)) {
      Optional<SealedLayer> done = finished(layers.files().forms(layer));
      if (done.isPresent()) {
        return done.get();
      }
    }
    try {
      return start(layer).join();
    } catch (CompletionException e) {
      throw unwrap(layer, e);
    }
  }

  /** Starts to seal the layer beside what goes on; a failure is told to who calls {@link #seal}. */
  public void early(String layer) {
    if (running.containsKey(layer)) {
      return;
    }
    synchronized (waitingLock) {
      waiting++;
    }
    var _ =
        start(layer)
            .whenComplete(
                (done, failure) -> {
                  synchronized (waitingLock) {
                    waiting--;
                    waitingLock.notifyAll();
                  }
                });
  }

  /** Blocks while more layers wait than allowed. */
  public void awaitRoom() throws IOException {
    synchronized (waitingLock) {
      while (waiting >= maxWaiting) {
        try {
          waitingLock.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted while " + waiting + " layers wait to be sealed", e);
        }
      }
    }
  }

  private CompletableFuture<SealedLayer> start(String layer) {
    CompletableFuture<SealedLayer> mine = new CompletableFuture<>();
    CompletableFuture<SealedLayer> first = running.putIfAbsent(layer, mine);
    if (first != null) {
      return first;
    }
    pool.execute(
        () -> {
          try {
            mine.complete(make(layer));
          } catch (IOException | RuntimeException | Error e) {
            mine.completeExceptionally(e);
          } finally {
            // The database answers from now on; a failed pass may be tried again.
            running.remove(layer, mine);
          }
        });
    return mine;
  }

  private SealedLayer make(String layer) throws IOException {
    if (closed) {
      throw new IOException("the store was closed before layer " + layer + " was sealed");
    }
    LayerFiles.Forms forms = layers.files().forms(layer);
    Optional<SealedLayer> done = finished(forms);
    if (done.isPresent()) {
      return done.get();
    }
    Optional<LayerBlob> place = LayerFiles.place(forms.row());
    if (forms.row().raw().isEmpty() && place.isPresent()) {
      return fetch(layer, place.get());
    }
    return write(forms.row());
  }

  /**
   * Any sealed form will do, the wanted format first; a sealed layer is never sealed again in
   * another one.
   */
  private Optional<SealedLayer> finished(LayerFiles.Forms forms) throws IOException {
    Optional<SealedRow> best = Optional.empty();
    for (SealedRow row : forms.sealed()) {
      if (blobs.has(row.hex()) && (best.isEmpty() || row.format().equals(format.format()))) {
        best = Optional.of(row);
      }
    }
    return best.isEmpty() ? Optional.empty() : Optional.of(fromRow(best.get()));
  }

  private SealedLayer fromRow(SealedRow row) throws IOException {
    Descriptor descriptor = RemotePlace.descriptor(row.descriptor());
    return new SealedLayer(descriptor, descriptor.digest(), blobs.path(row.hex()));
  }

  private SealedLayer fetch(String layer, LayerBlob place) throws IOException {
    String hex = place.descriptor().digest().hex();
    if (!blobs.has(hex)) {
      try (InputStream in = remote.stream(place)) {
        blobs.put(in, hex);
      }
    }
    return record(layer, "as pulled", place.descriptor());
  }

  private SealedLayer write(LayerRow row) throws IOException {
    Path temporary = blobs.temporary();
    try (OpenLayers.Held held = layers.acquire(row.id())) {
      CommitOptions options =
          new CommitOptions(held.layer().virtualSize(), row.uuid(), row.parentUuid(), "");
      SealedLayerWriter.Result result =
          SealedLayerWriter.seal(
              held.layer().index(),
              held.layer().data(),
              options,
              zfile(format),
              true,
              temporary,
              threads);
      Digest digest = new Digest("sha256", HexFormat.of().formatHex(result.sha256()));
      blobs.publish(temporary, digest.hex());
      String filesystem = database.tx(tx -> LayerTable.filesystem(tx, row.id()));
      Descriptor descriptor =
          new Descriptor(MediaTypes.OCI_LAYER, digest, result.size())
              .withAnnotations(
                  OverlaybdAnnotations.of(digest, result.size(), Optional.of(filesystem)));
      return record(row.id(), format.format(), descriptor);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private SealedLayer record(String layer, String form, Descriptor descriptor) throws IOException {
    String hex = descriptor.digest().hex();
    SealedRow row = new SealedRow(layer, form, hex, descriptor.size(), descriptor.toJson());
    // Durable as the blob is: the raw files go now, and a power cut must not bring back a record
    // of nothing but them.
    database.durably(
        tx -> {
          LayerTable.addSealed(tx, row);
          return true;
        });
    return fromRow(row);
  }

  /** The compression that a layer format stands for. */
  static Optional<ZFileOptions> zfile(LayerFormat format) {
    return switch (format.compression()) {
      case NONE -> Optional.empty();
      case LZ4 -> Optional.of(new ZFileOptions(Codec.LZ4, format.blockSize(), true));
      case ZSTD -> Optional.of(new ZFileOptions(Codec.ZSTD, format.blockSize(), true));
    };
  }

  private static IOException unwrap(String layer, CompletionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return new IOException("layer " + layer + " could not be sealed: " + cause.getMessage(), cause);
  }

  /** Waits for running passes (they hold files open); those that only wait fail. */
  @Override
  public void close() {
    closed = true;
    pool.close();
  }
}
