package dev.obdbuild.backstore.prefetch;

import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.trace.TraceRecord;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a trace's ranges in the background, several at a time, so that whatever caches below the
 * layers has them. A range that cannot be read is passed over: whoever needs it gets the error.
 * Borrows the layers; close it before them.
 */
public final class TraceReplay implements AutoCloseable {
  private final ReplayPlan plan;
  private final List<Layer> layers;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();
  private final LongAdder bytes = new LongAdder();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private volatile boolean ended;

  private TraceReplay(ReplayPlan plan, List<Layer> layers) {
    this.plan = plan;
    this.layers = layers;
  }

  /**
   * Starts to read.
   *
   * @param layers bottom first, without an acceleration layer
   * @param concurrency reads at a time; each holds a buffer of 1 MiB at most
   * @param log told one line when all is read
   */
  public static TraceReplay start(
      List<TraceRecord> trace, List<Layer> layers, int concurrency, Consumer<String> log) {
    TraceReplay replay = new TraceReplay(ReplayPlan.of(trace, layers), layers);
    int count = Math.min(concurrency, replay.plan.reads().size());
    replay.running.set(count);
    for (int i = 0; i < count; i++) {
      replay.threads.add(
          Thread.ofPlatform().daemon().name("prefetch-" + i).unstarted(() -> replay.run(log)));
    }
    replay.threads.forEach(Thread::start);
    return replay;
  }

  private void run(Consumer<String> log) {
    byte[] buffer = new byte[0];
    List<TraceRecord> reads = plan.reads();
    for (int i = next.getAndIncrement(); i < reads.size() && !ended; i = next.getAndIncrement()) {
      TraceRecord read = reads.get(i);
      if (buffer.length < read.length()) {
        buffer = new byte[(int) read.length()];
      }
      try {
        layers
            .get(read.layer())
            .data()
            .read(read.offset(), MemorySegment.ofArray(buffer).asSlice(0, read.length()));
        bytes.add(read.length());
      } catch (IOException | RuntimeException e) {
        failed.incrementAndGet();
        failure.compareAndSet(null, e);
      }
    }
    if (running.decrementAndGet() == 0 && !ended) {
      log.accept(summary());
    }
  }

  private String summary() {
    Exception first = failure.get();
    return "prefetched "
        + bytes.sum()
        + " bytes by "
        + (plan.reads().size() - failed.get())
        + " reads"
        + (plan.skipped() > 0 ? "; " + plan.skipped() + " records fit no layer" : "")
        + (first == null ? "" : "; " + failed.get() + " reads failed: " + first.getMessage());
  }

  /** Bytes read so far, decompressed. */
  public long bytes() {
    return bytes.sum();
  }

  /** Waits until everything has been read or passed over. */
  public void await() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Ends it: reads under way are waited for, others are not begun. */
  @Override
  public void close() {
    ended = true;
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true; // the layers may be closed only when nobody reads them
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
