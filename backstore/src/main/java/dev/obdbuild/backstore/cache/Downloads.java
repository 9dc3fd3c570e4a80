package dev.obdbuild.backstore.cache;

import dev.obdbuild.backstore.cache.CacheOptions.Download;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Completes blobs in use, one at a time, by a thread of its own. What it fetches are blocks as all
 * others: a download goes on where it or a reader has left off, in this process or the next, and
 * reads find what is there already. A blob that is whole is hashed; one that is not what its digest
 * says is dropped and begun anew, once. Thread-safe.
 */
final class Downloads implements AutoCloseable {

  /** One request, in blocks (256 KiB): a reader who waits behind it waits for little. */
  private static final int PIECE = 16;

  private static final int TRIES = 5;
  private static final long PAUSE_NANOS = 30_000_000_000L;
  private static final long LOOK_NANOS = 20_000_000L;

  private final Download said;
  private final FetchQueue queue;
  private final CacheSpace space;
  private final List<Job> jobs = new ArrayList<>();
  private @Nullable Thread thread;
  private final Semaphore changed = new Semaphore(0);
  private volatile boolean closed;

  /** One blob that is to be complete. */
  private static final class Job {
    final CachedFile file;
    long dueNanos;
    int failures;
    int next;

    Job(CachedFile file, long dueNanos) {
      this.file = file;
      this.dueNanos = dueNanos;
    }
  }

  Downloads(Download said, FetchQueue queue, CacheSpace space) {
    this.said = said;
    this.queue = queue;
    this.space = space;
  }

  /** Takes note of a blob that has been opened. */
  synchronized void offer(CachedFile file) {
    if (closed || jobs.stream().anyMatch(job -> job.file == file)) {
      return;
    }
    jobs.add(new Job(file, System.nanoTime() + said.delay().toNanos()));
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("block-download").start(this::serve);
    }
    changed.release();
  }

  synchronized int count() {
    return jobs.size();
  }

  private void serve() {
    for (Job job = next(); job != null; job = next()) {
      boolean done;
      try {
        done = step(job);
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        // Nobody waits for it; readers meet the same trouble themselves, and tell.
        done = job.file.kept().isClosed() || ++job.failures >= TRIES;
        job.dueNanos = System.nanoTime() + PAUSE_NANOS;
      }
      if (done) {
        drop(job);
      }
    }
  }

  private synchronized void drop(Job job) {
    jobs.remove(job);
  }

  /** The job to go on with: of those that are due the one that readers waited for most. */
  private @Nullable Job next() {
    while (!closed) {
      long now = System.nanoTime();
      Optional<Job> hottest;
      long wait;
      synchronized (this) {
        hottest =
            jobs.stream()
                .filter(job -> job.dueNanos - now <= 0)
                .max(Comparator.comparingLong(job -> job.file.missedBytes()));
        wait = jobs.stream().mapToLong(job -> job.dueNanos - now).min().orElse(Long.MAX_VALUE);
      }
      if (hottest.isPresent()) {
        return hottest.get();
      }
      if (!pause(wait)) {
        return null;
      }
    }
    return null;
  }

  /** Waits for so long, or until something has changed; false when this thread is to end. */
  private boolean pause(long nanos) {
    try {
      if (changed.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
        changed.drainPermits();
      }
      return !closed;
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but a JVM that ends.
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Fetches one piece; true when there is nothing more to do for the blob. */
  private boolean step(Job job) throws IOException {
    CachedFile file = job.file;
    KeptBlocks kept = file.kept();
    if (kept.isVerified()) {
      return true;
    }
    int blocks = kept.blocks();
    int missing = job.next < blocks ? kept.firstMissing(job.next, blocks - 1) : -1;
    if (missing < 0) {
      job.next = 0;
      missing = blocks == 0 ? -1 : kept.firstMissing(0, blocks - 1);
    }
    if (missing < 0) {
      return verify(job);
    }
    if (job.next == 0 && !space.hasRoom(missingBytes(kept))) {
      // What is in use would have to go for it.
      return true;
    }
    if (!awaitQuiet()) {
      return true;
    }
    int last = Math.min(missing + PIECE, blocks) - 1;
    long start = System.nanoTime();
    file.complete(missing, last);
    if (!space.keeps()) {
      throw new IOException("nothing is kept at present");
    }
    job.next = last + 1;
    long bytes = (long) (last - missing + 1) * BlockCache.BLOCK;
    rest(start + bytes * 1_000_000_000L / said.bytesPerSecond());
    return false;
  }

  private static long missingBytes(KeptBlocks kept) {
    return (long) (kept.blocks() - kept.count(0, kept.blocks() - 1)) * BlockCache.BLOCK;
  }

  private boolean verify(Job job) throws IOException {
    CachedFile file = job.file;
    Optional<Boolean> right = file.kept().verify(file.size(), sha256(), digest(file.key()));
    if (right.isEmpty()) {
      return false;
    }
    if (right.get()) {
      return true;
    }
    file.evict(0, file.size());
    job.failures = Math.max(job.failures, TRIES - 2);
    throw new IOException(file + ": the whole blob is not what its digest says");
  }

  private static byte[] digest(String key) throws IOException {
    if (key.length() != 64) {
      throw new IOException(key + " is no sha256");
    }
    return HexFormat.of().parseHex(key);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits until nobody else fetches; false when the cache is closed. */
  private boolean awaitQuiet() {
    while (!queue.isQuiet()) {
      if (!pause(LOOK_NANOS)) {
        return false;
      }
    }
    return !closed;
  }

  private void rest(long untilNanos) {
    long left = untilNanos - System.nanoTime();
    while (left > 0 && pause(left)) {
      left = untilNanos - System.nanoTime();
    }
  }

  /** Begins nothing more. A piece under way comes to its end. */
  @Override
  public void close() {
    closed = true;
    changed.release();
  }
}
