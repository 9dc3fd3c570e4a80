package dev.obdbuild.snapshots.live;

import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.snapshots.layer.OpenLayers;
import dev.obdbuild.snapshots.layer.OpenLayers.Held;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The merged stacks that devices of this process read, one per snapshot, counted. Thread-safe.
 *
 * <p>The flat index of a chain is large; every device on the chain, and every step's stack above
 * it, shares it.
 */
final class Stacks {
  /** Indexes of remote layers fetched at the same time. */
  private static final int PARALLEL_OPENS = 128;

  /** One holder's claim on a stack. */
  final class OpenStack implements AutoCloseable {
    private final Entry entry;
    private boolean closed;

    private OpenStack(Entry entry) {
      this.entry = entry;
    }

    Chain chain() {
      return entry.chain;
    }

    LayerStack stack() {
      return entry.stack;
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
    final Chain chain;
    final LayerStack stack;
    final List<Held> layers;
    int holders = 1;

    Entry(Chain chain, LayerStack stack, List<Held> layers) {
      this.chain = chain;
      this.stack = stack;
      this.layers = layers;
    }
  }

  private final OpenLayers layers;
  private final Map<String, Entry> entries = new HashMap<>();
  private final Object[] turns = new Object[64];
  private final long emptySize;

  /**
   * @param emptySize bytes of a device that has no layer yet
   */
  Stacks(OpenLayers layers, long emptySize) {
    this.layers = layers;
    this.emptySize = emptySize;
    for (int i = 0; i < turns.length; i++) {
      turns[i] = new Object();
    }
  }

  /** The stack of a chain, shared when open already. A chain without layers is an empty device. */
  OpenStack acquire(Chain chain) throws IOException {
    // One opening per snapshot at a time; others wait and share it.
    synchronized (turns[Math.floorMod(chain.snapshot().hashCode(), turns.length)]) {
      synchronized (entries) {
        Entry entry = entries.get(chain.snapshot());
        if (entry != null) {
          entry.holders++;
          return new OpenStack(entry);
        }
      }
      Entry entry = open(chain);
      synchronized (entries) {
        entries.put(chain.snapshot(), entry);
      }
      return new OpenStack(entry);
    }
  }

  /**
   * The stack of {@code below} with a layer frozen just now, which a device has merged already.
   * Takes over {@code top}, holds the layers of {@code below} too.
   */
  OpenStack push(OpenStack below, Chain chain, Held top, LayerStack merged) throws IOException {
    List<Held> held = new ArrayList<>();
    try {
      for (String layer : below.chain().layers()) {
        held.add(layers.acquire(layer));
      }
    } catch (IOException | RuntimeException e) {
      closeAll(held);
      throw e;
    }
    held.add(top);
    return adopt(new Entry(chain, merged, held));
  }

  private OpenStack adopt(Entry entry) {
    synchronized (entries) {
      if (entries.putIfAbsent(entry.chain.snapshot(), entry) != null) {
        throw new IllegalStateException("snapshot " + entry.chain.snapshot() + " is open already");
      }
    }
    return new OpenStack(entry);
  }

  private Entry open(Chain chain) throws IOException {
    if (chain.layers().isEmpty()) {
      return new Entry(chain, LayerStack.of(List.of(), emptySize), List.of());
    }
    List<Held> held = new ArrayList<>();
    try {
      openAll(chain.layers(), held);
      return new Entry(chain, stack(held.stream().map(Held::layer).toList()), held);
    } catch (IOException | RuntimeException e) {
      closeAll(held);
      throw e;
    }
  }

  private void openAll(List<String> ids, List<Held> held) throws IOException {
    if (ids.size() == 1) {
      held.add(layers.acquire(ids.getFirst()));
      return;
    }
    // Platform threads: an opening reads from the network and decodes.
    try (ExecutorService pool =
        Executors.newFixedThreadPool(
            Math.min(PARALLEL_OPENS, ids.size()),
            Thread.ofPlatform().name("open-layer-", 0).daemon().factory())) {
      List<Future<Held>> futures = new ArrayList<>();
      for (String id : ids) {
        futures.add(pool.submit(() -> layers.acquire(id)));
      }
      IOException failure = null;
      for (Future<Held> future : futures) {
        try {
          held.add(future.get());
        } catch (ExecutionException e) {
          Throwable cause = e.getCause() == null ? e : e.getCause();
          IOException next =
              cause instanceof IOException io
                  ? io
                  : new IOException("layer cannot be opened", cause);
          if (failure == null) {
            failure = next;
          } else {
            failure.addSuppressed(next);
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          failure = new IOException("interrupted while layers were being opened", e);
        }
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  private static LayerStack stack(List<Layer> bottomFirst) throws IOException {
    try {
      return LayerStack.of(bottomFirst);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void release(Entry entry) throws IOException {
    synchronized (entries) {
      if (--entry.holders > 0) {
        return;
      }
      entries.remove(entry.chain.snapshot());
    }
    closeAll(entry.layers);
  }

  private static void closeAll(List<Held> held) throws IOException {
    Closing closing = new Closing();
    held.forEach(closing::add);
    closing.close();
  }

  /** Ids of the snapshots that devices of this process stand on. */
  List<String> open() {
    synchronized (entries) {
      return List.copyOf(entries.keySet());
    }
  }
}
