package dev.obdbuild.backstore.audit;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A file with a line for each slow read, {@code time= device= digest= offset= length= us= source=},
 * appended by one thread. At {@link #MAX_BYTES} it becomes {@code FILE.1}, that one {@code FILE.2}.
 * Several processes may share a file. Lines that come faster than they can be written are counted
 * and dropped. Thread-safe.
 */
public final class AuditLog implements AutoCloseable {
  /** Size at which a file is put aside. */
  static final long MAX_BYTES = 10 << 20;

  private static final int FILES = 3;
  private static final int WAITING = 1024;
  private static final int LOOKED_AFTER_MILLIS = 100;

  /** What wakes the thread for its end. */
  private static final String END = "";

  private final RotatedFile file;
  private final Duration slowerThan;
  private final InstantSource clock;
  private final Consumer<String> trouble;
  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(WAITING);
  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread;

  private AuditLog(AuditSpec spec, long maxBytes, InstantSource clock, Consumer<String> trouble) {
    this.file = new RotatedFile(spec.file(), maxBytes, FILES);
    this.slowerThan = spec.slowerThan();
    this.clock = clock;
    this.trouble = trouble;
    this.thread = Thread.ofPlatform().daemon().name("audit").unstarted(this::write);
  }

  /**
   * Begins.
   *
   * @param trouble told in words when the file can be written no more
   * @throws IOException when it cannot be written to begin with
   */
  public static AuditLog open(AuditSpec spec, Consumer<String> trouble) throws IOException {
    return open(spec, MAX_BYTES, InstantSource.system(), trouble);
  }

  static AuditLog open(AuditSpec spec, long maxBytes, InstantSource clock, Consumer<String> trouble)
      throws IOException {
    AuditLog log = new AuditLog(spec, maxBytes, clock, trouble);
    log.file.append("");
    log.thread.start();
    return log;
  }

  /** Whether a read that took so long is to be told. */
  boolean isSlow(long nanos) {
    return nanos >= slowerThan.toNanos();
  }

  /** Tells of one; waits for nothing. */
  void told(SlowRead read) {
    String line = "time=" + clock.instant().truncatedTo(ChronoUnit.MILLIS) + " " + read + "\n";
    if (!lines.offer(line)) {
      dropped.incrementAndGet();
    }
  }

  private void write() {
    List<String> batch = new ArrayList<>();
    try {
      for (boolean end = false; !end; batch.clear()) {
        batch.add(lines.take());
        lines.drainTo(batch);
        end = batch.removeIf(END::equals);
        long lost = dropped.getAndSet(0);
        if (lost > 0) {
          batch.add("time=" + clock.instant() + " dropped=" + lost + "\n");
        }
        file.append(String.join("", batch));
      }
    } catch (IOException e) {
      trouble.accept("no slow reads are written to " + file + " any more: " + e);
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but a JVM that ends.
      Thread.currentThread().interrupt();
    }
  }

  /** Writes what is left. */
  @Override
  public void close() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        if (lines.offer(END, LOOKED_AFTER_MILLIS, TimeUnit.MILLISECONDS)) {
          thread.join();
        }
      } catch (InterruptedException e) {
        interrupted = true; // what is left is a line or two: it goes on
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
