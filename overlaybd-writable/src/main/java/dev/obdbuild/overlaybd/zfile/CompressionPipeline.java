package dev.obdbuild.overlaybd.zfile;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/**
 * Cuts a stream into batches of blocks, has them compressed by threads and hands the results on in
 * order. Memory is bounded by the number of batches: two per thread and one being filled.
 */
final class CompressionPipeline implements AutoCloseable {
  /** Takes the stored bytes of consecutive blocks and their lengths. */
  interface Output {
    void accept(MemorySegment stored, int[] lengths, int count) throws IOException;
  }

  private record Pending(CompressionBatch batch, Future<?> done) {}

  private final Output output;
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private final ArrayDeque<CompressionBatch> free = new ArrayDeque<>();
  private final ArrayDeque<CompressionBatch> all = new ArrayDeque<>();
  private final ZFileOptions options;
  private final int limit;
  private final ExecutorService threads;
  private final boolean inline;

  /** Shared: batches are filled, compressed and written by different threads. */
  private final Arena arena = Arena.ofShared();

  private CompressionBatch filling;
  private long nextBlock;

  CompressionPipeline(ZFileOptions options, int threads, Output output) {
    if (threads < 0) {
      throw new IllegalArgumentException("threads " + threads);
    }
    this.options = options;
    this.output = output;
    this.inline = threads == 0;
    this.limit = inline ? 1 : 2 * threads + 1;
    this.threads =
        Executors.newFixedThreadPool(
            Math.max(1, threads),
            Thread.ofPlatform().daemon().name("zfile-compress-", 0).factory());
    this.filling = newBatch();
  }

  private CompressionBatch newBatch() {
    CompressionBatch batch = new CompressionBatch(options, arena);
    all.add(batch);
    return batch;
  }

  /** Where the next bytes go; never empty. */
  MemorySegment room() {
    return filling.room();
  }

  void filled(long bytes) throws IOException {
    filling.filled(bytes);
    if (filling.full()) {
      submit();
    }
  }

  void finish() throws IOException {
    if (!filling.empty()) {
      submit();
    }
    while (!pending.isEmpty()) {
      drainOne();
    }
  }

  private void submit() throws IOException {
    CompressionBatch batch = filling;
    batch.number(nextBlock);
    nextBlock += batch.blocks();
    FutureTask<?> task = new FutureTask<>(batch::compress, null);
    pending.add(new Pending(batch, task));
    if (inline) {
      task.run();
    } else {
      threads.execute(task);
    }
    while (!pending.isEmpty() && (pending.size() >= limit || pending.getFirst().done.isDone())) {
      drainOne();
    }
    CompressionBatch next = free.poll();
    filling = next == null ? newBatch() : next;
  }

  private void drainOne() throws IOException {
    Pending head = pending.remove();
    try {
      head.done.get();
    } catch (ExecutionException e) {
      throw new IOException("compressing failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException)
          new InterruptedIOException("interrupted while compressing").initCause(e);
    }
    CompressionBatch batch = head.batch;
    batch.checkReadable();
    output.accept(batch.stored(), batch.lengths(), batch.blocks());
    batch.reset();
    free.add(batch);
  }

  @Override
  public void close() {
    // Waits for running batches: their native memory must not go before they end.
    threads.close();
    all.forEach(CompressionBatch::close);
    all.clear();
    arena.close();
  }
}
