package dev.obdbuild.snapshots;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.SealedLayer;
import dev.obdbuild.oci.tar.TarWriter;
import dev.obdbuild.snapshots.changeset.ChangesetTar;
import dev.obdbuild.snapshots.changeset.LayerTar;
import dev.obdbuild.snapshots.changeset.TarFormat;
import dev.obdbuild.snapshots.layer.RemotePlace;
import dev.obdbuild.snapshots.live.Chain;
import dev.obdbuild.snapshots.mount.MountThreads;
import dev.obdbuild.snapshots.store.OriginRow;
import dev.obdbuild.snapshots.store.SnapshotRow;
import dev.obdbuild.snapshots.store.SnapshotTable;
import dev.obdbuild.snapshots.store.TarTable;
import dev.obdbuild.snapshots.store.Tx;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Ordinary layers of snapshots: computed by comparing a snapshot with the one below, or taken from
 * where they were converted from. Each is made once per format, however many ask, and kept as a
 * blob as long as its layer. Thread-safe.
 *
 * <p>Runs on its own few platform threads, so that neither long layers nor slow readers of archives
 * keep steps from the threads for mounts.
 */
final class TarLayers implements AutoCloseable {
  private static final int PARALLEL_LAYERS = 2;
  private static final int PARALLEL_ARCHIVES = 16;
  private static final int BUFFER = 256 << 10;

  private final TarMaker.Parts parts;
  private final TarMaker maker;
  private final ExecutorService layers =
      Executors.newFixedThreadPool(
          PARALLEL_LAYERS, Thread.ofPlatform().name("tar-", 0).daemon().factory());
  private final MountThreads archives = new MountThreads(PARALLEL_ARCHIVES);
  private final ExecutorService compressors;
  private final Map<TarLayer, CompletableFuture<SealedLayer>> running = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * @param threads compressing threads
   */
  TarLayers(TarMaker.Parts parts, int threads) {
    this.parts = parts;
    this.compressors =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().name("tar-compress-", 0).daemon().factory());
    this.maker = new TarMaker(parts, new LayerTar.Compressing(compressors, 2 * threads));
  }

  /** The layers of a snapshot as ordinary ones, bottom first; none is made yet. */
  List<LayerSource> of(StoredSnapshot snapshot, TarFormat format) throws IOException {
    return parts
        .database()
        .tx(
            tx -> {
              List<SnapshotRow> rows = SnapshotTable.chain(tx, snapshot.id());
              if (rows.size() != snapshot.stored().size()) {
                throw new SnapshotGoneException(snapshot.id(), "it was pruned");
              }
              List<LayerSource> result = new ArrayList<>();
              Optional<TarLayer.Below> below = Optional.empty();
              for (int i = 0; i < rows.size(); i++) {
                StoredLayer layer = snapshot.stored().get(i);
                Chain chain =
                    below
                        .map(TarLayer.Below::chain)
                        .orElse(Chain.empty())
                        .plus(rows.get(i).id(), layer.id());
                // A layer from elsewhere has the times of another clock.
                boolean ours = layer.existing().isEmpty();
                result.add(
                    new TarLayer(
                        this,
                        layer.id(),
                        chain,
                        below.map(b -> ours ? b : b.atUnknownTime()),
                        origin(tx, layer.id()),
                        format));
                below = Optional.of(new TarLayer.Below(chain, Optional.of(rows.get(i).created())));
              }
              return result;
            });
  }

  private static Optional<TarLayer.Origin> origin(Tx tx, String layer)
      throws SQLException, IOException {
    Optional<OriginRow> row = TarTable.origin(tx, layer);
    return row.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new TarLayer.Origin(
                RemotePlace.parse(row.get().place()), Digest.parse(row.get().diffId())));
  }

  /** Makes the layer, or waits for who makes it, or finds it made. */
  SealedLayer seal(TarLayer layer) throws IOException {
    try {
      return start(layer).join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(layer + " could not be made: " + cause.getMessage(), cause);
    }
  }

  private CompletableFuture<SealedLayer> start(TarLayer layer) {
    CompletableFuture<SealedLayer> mine = new CompletableFuture<>();
    CompletableFuture<SealedLayer> first = running.putIfAbsent(layer, mine);
    if (first != null) {
      return first;
    }
    layers.execute(
        () -> {
          try {
            if (closed) {
              throw new IOException("the store was closed before");
            }
            mine.complete(maker.make(layer));
          } catch (IOException | RuntimeException | Error e) {
            mine.completeExceptionally(e);
          } finally {
            // The database answers from now on; what failed may be tried again.
            running.remove(layer, mine);
          }
        });
    return mine;
  }

  /** Writes all that a snapshot holds as one archive; does not close {@code out}. */
  void write(StoredSnapshot snapshot, OutputStream out, Optional<Instant> epoch)
      throws IOException {
    boolean ignored =
        archives.call(
            () -> {
              try (TarWriter tar =
                      new TarWriter(new BufferedOutputStream(new Unclosed(out), BUFFER));
                  Mounted tree = new Mounted(parts.chains().read(snapshot.chain()))) {
                ChangesetTar.tree(tree.root(), tar, epoch);
                tree.confirm();
              }
              return true;
            });
  }

  /** Waits for layers and archives in the making; those that only wait fail. */
  @Override
  public void close() {
    closed = true;
    layers.close();
    archives.close();
    compressors.close();
  }
}
