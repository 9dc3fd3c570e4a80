package dev.obdbuild.backstore.serve;

import dev.obdbuild.backstore.device.LayerPlace;
import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Stacks of layers, each opened once for all devices that stand on it. Thread-safe. */
final class SharedStacks {
  private static final int OPENERS = 16;

  private final LayerOpener opener;
  private final Map<List<LayerPlace>, Entry> entries = new HashMap<>();

  SharedStacks(LayerOpener opener) {
    this.opener = opener;
  }

  private static final class Entry {
    final List<LayerPlace> places;
    int holders;
    @Nullable LayerStack stack;

    Entry(List<LayerPlace> places) {
      this.places = places;
    }
  }

  /** One device's claim on a stack. */
  final class Held implements AutoCloseable {
    private final Entry entry;
    private final LayerStack stack;

    private Held(Entry entry, LayerStack stack) {
      this.entry = entry;
      this.stack = stack;
    }

    LayerStack stack() {
      return stack;
    }

    /** To be called once. */
    @Override
    public void close() throws IOException {
      release(entry);
    }
  }

  /**
   * The stack of these layers, shared if it is open.
   *
   * @param size of a device that has none
   */
  Held acquire(List<LayerPlace> places, long size) throws IOException {
    Entry entry;
    synchronized (entries) {
      // A stack without layers costs nothing, and has the size of its device.
      entry = places.isEmpty() ? new Entry(places) : entries.computeIfAbsent(places, Entry::new);
      entry.holders++;
    }
    try {
      synchronized (entry) {
        if (entry.stack == null) {
          entry.stack = places.isEmpty() ? LayerStack.of(List.of(), size) : open(places);
        }
        return new Held(entry, entry.stack);
      }
    } catch (IOException | RuntimeException e) {
      release(entry);
      throw e;
    }
  }

  private LayerStack open(List<LayerPlace> places) throws IOException {
    Closing opened = new Closing();
    try {
      return LayerStack.of(openAll(places, opened));
    } catch (UncheckedIOException e) {
      IOException cause = Objects.requireNonNull(e.getCause());
      opened.closeAfter(cause);
      throw cause;
    } catch (IOException | RuntimeException e) {
      opened.closeAfter(e);
      throw e;
    }
  }

  /** Several at a time: an opening waits for a registry, perhaps. */
  private List<Layer> openAll(List<LayerPlace> places, Closing opened) throws IOException {
    List<Layer> layers = new ArrayList<>();
    try (ExecutorService openers =
        Executors.newFixedThreadPool(
            Math.min(OPENERS, places.size()),
            Thread.ofPlatform().daemon().name("serve-open-", 0).factory())) {
      List<Future<Layer>> futures = new ArrayList<>();
      for (LayerPlace place : places) {
        futures.add(openers.submit(() -> opener.open(place)));
      }
      IOException failure = null;
      for (int i = 0; i < futures.size(); i++) {
        try {
          layers.add(opened.add(futures.get(i).get()));
        } catch (ExecutionException e) {
          Throwable cause = e.getCause() == null ? e : e.getCause();
          failure = new IOException(places.get(i) + ": " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          failure = new IOException("interrupted while layers were being opened", e);
        }
      }
      if (failure != null) {
        throw failure;
      }
    }
    return layers;
  }

  private void release(Entry entry) throws IOException {
    synchronized (entries) {
      if (--entry.holders > 0) {
        return;
      }
      var _ = entries.remove(entry.places, entry);
    }
    Closing closing = new Closing();
    synchronized (entry) {
      if (entry.stack != null) {
        entry.stack.layers().forEach(closing::add);
      }
    }
    closing.close();
  }
}
