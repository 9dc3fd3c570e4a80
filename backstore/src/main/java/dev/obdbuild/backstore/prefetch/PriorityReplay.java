package dev.obdbuild.backstore.prefetch;

import dev.obdbuild.backstore.ext4.Ext4Files;
import dev.obdbuild.backstore.ext4.FilePlaces;
import dev.obdbuild.overlaybd.lsmt.ExtentVisitor;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.trace.TraceRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files of a list in the background: finds in the filesystem of a stack where they lie,
 * and replays that as a trace. Borrows the stack's layers; close it before them.
 */
public final class PriorityReplay implements AutoCloseable {
  private final LayerStack stack;
  private final int concurrency;
  private final Consumer<String> log;
  private final Thread thread;
  private @Nullable TraceReplay replay;
  private boolean ended;

  private PriorityReplay(
      LayerStack stack, List<String> paths, int concurrency, Consumer<String> log) {
    this.stack = stack;
    this.concurrency = concurrency;
    this.log = log;
    this.thread = Thread.ofPlatform().daemon().name("prefetch-list").unstarted(() -> find(paths));
  }

  /**
   * Starts to look and then to read.
   *
   * @param paths absolute; one that ends in {@code /} or {@code *} is all of a folder
   * @param log told of paths that lead nowhere, and a line when all is read
   */
  public static PriorityReplay start(
      LayerStack stack, List<String> paths, int concurrency, Consumer<String> log) {
    PriorityReplay started = new PriorityReplay(stack, paths, concurrency, log);
    started.thread.start();
    return started;
  }

  private void find(List<String> paths) {
    try {
      Optional<Ext4Files> files = Ext4Files.open(stack);
      if (files.isEmpty()) {
        log.accept("no prefetch: a list of files needs an ext4 filesystem, and this is none");
        return;
      }
      List<TraceRecord> reads =
          reads(
              new FilePlaces(files.get(), path -> log.accept("no prefetch: there is no " + path))
                  .of(paths));
      synchronized (this) {
        if (!ended) {
          replay = TraceReplay.start(reads, stack.layers(), concurrency, log);
        }
      }
    } catch (IOException e) {
      log.accept("no prefetch: " + e.getMessage());
    }
  }

  private List<TraceRecord> reads(List<FilePlaces.Place> places) throws IOException {
    Map<Layer, Integer> numbers = new IdentityHashMap<>();
    for (int i = 0; i < stack.layers().size(); i++) {
      numbers.put(stack.layers().get(i), i);
    }
    List<TraceRecord> reads = new ArrayList<>();
    for (FilePlaces.Place place : places) {
      stack.visit(
          place.offset(),
          Math.clamp(stack.size() - place.offset(), 0, place.length()),
          new ExtentVisitor() {
            @Override
            public void data(long at, long bytes, Layer layer, long fileOffset) {
              reads.add(new TraceRecord(numbers.getOrDefault(layer, 0), fileOffset, bytes));
            }

            @Override
            public void zeros(long at, long bytes) {}
          });
    }
    return reads;
  }

  /** Ends it: what is being read is waited for. */
  @Override
  public void close() {
    synchronized (this) {
      ended = true;
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // the layers may be closed only when nobody reads them
      }
    }
    TraceReplay begun;
    synchronized (this) {
      begun = replay;
    }
    if (begun != null) {
      begun.close();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
