package dev.obdbuild.snapshots.layer;

import dev.obdbuild.backstore.device.LayerPlace;
import dev.obdbuild.linux.file.Trees;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.StorePaths;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The layers that this process has open, each once, counted. Thread-safe.
 *
 * <p>When the last holder lets go of a layer that is sealed by then, its raw files are dropped:
 * nobody needs them.
 */
public final class OpenLayers {
  /** One holder's claim on an open layer. */
  public final class Held implements AutoCloseable {
    private final Entry entry;
    private boolean closed;

    private Held(Entry entry) {
      this.entry = entry;
    }

    public String id() {
      return entry.id;
    }

    public Layer layer() {
      Layer layer = entry.layer;
      if (layer == null) {
        throw new IllegalStateException("layer " + entry.id + " is not open");
      }
      return layer;
    }

    @Override
    public void close() throws IOException {
      synchronized (this) {
        if (closed) {
          return;
        }
        closed = true;
      }
      release(entry);
    }
  }

  private static final class Entry {
    final String id;
    final ReentrantLock opening = new ReentrantLock();
    int holders;
    @Nullable Layer layer;

    Entry(String id) {
      this.id = id;
    }
  }

  private final LayerFiles files;
  private final Database database;
  private final StorePaths paths;
  private final Map<String, Entry> entries = new HashMap<>();

  /** Layers of this store; remote ones come through {@code remote}. */
  public OpenLayers(Database database, StorePaths paths, RemoteBlobs remote) throws IOException {
    this.files = new LayerFiles(database, paths, remote);
    this.database = database;
    this.paths = paths;
  }

  LayerFiles files() {
    return files;
  }

  /** Where any process finds the layer. */
  public LayerPlace where(String id) throws IOException {
    return files.where(id);
  }

  /** Opens the layer, or shares it. */
  public Held acquire(String id) throws IOException {
    Entry entry;
    synchronized (entries) {
      entry = entries.computeIfAbsent(id, Entry::new);
      entry.holders++;
    }
    boolean opened = false;
    entry.opening.lock();
    try {
      if (entry.layer == null) {
        entry.layer = files.open(id);
      }
      opened = true;
    } finally {
      entry.opening.unlock();
      if (!opened) {
        release(entry);
      }
    }
    return new Held(entry);
  }

  /** Takes over a layer that was frozen just now and whose record is in the database. */
  public Held adopt(String id, Layer frozen) {
    synchronized (entries) {
      Entry entry = new Entry(id);
      entry.holders = 1;
      entry.layer = frozen;
      if (entries.putIfAbsent(id, entry) != null) {
        throw new IllegalStateException("layer " + id + " is open already");
      }
      return new Held(entry);
    }
  }

  private void release(Entry entry) throws IOException {
    Optional<Layer> last = Optional.empty();
    synchronized (entries) {
      if (--entry.holders == 0) {
        entries.remove(entry.id);
        last = Optional.ofNullable(entry.layer);
      }
    }
    if (last.isPresent()) {
      last.get().close();
      dropRawIfSealed(entry.id);
    }
  }

  /** Deletes the raw files of a sealed layer. Processes that have them open keep reading them. */
  private void dropRawIfSealed(String id) throws IOException {
    boolean dropped =
        database.tx(
            tx -> {
              boolean both =
                  LayerTable.find(tx, id).flatMap(row -> row.raw()).isPresent()
                      && !LayerTable.sealed(tx, id).isEmpty();
              if (both) {
                LayerTable.dropRaw(tx, id);
              }
              return both;
            });
    if (dropped) {
      Trees.remove(paths.raw(id));
    }
  }
}
