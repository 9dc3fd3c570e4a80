package dev.obdbuild.builder.attest;

import dev.obdbuild.oci.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the whole machine does while a build runs, sampled as BuildKit does: every two seconds, and
 * less often the longer it takes. Thread-safe; closing it ends the sampling.
 */
final class MachineUsage implements AutoCloseable {

  private static final Duration FIRST_INTERVAL = Duration.ofSeconds(2);

  /** When there are so many in an interval's time, the interval doubles. */
  private static final int MOST = 20;

  private final Path proc;
  private final Instant began = Instant.now();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Sample> samples = new ArrayList<>();
  private Duration interval = FIRST_INTERVAL;
  private @Nullable IOException failure;

  private record Sample(Instant at, JsonWriter json) {}

  private MachineUsage(Path proc) {
    this.proc = proc;
  }

  /**
   * Begins to sample.
   *
   * @param proc where the kernel tells it
   */
  static MachineUsage sampling(Path proc) {
    MachineUsage usage = new MachineUsage(proc);
    Thread.ofVirtual().name("machine-usage").start(usage::run);
    return usage;
  }

  private void run() {
    try {
      while (!ended.await(pause().toMillis(), TimeUnit.MILLISECONDS)) {
        take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration pause() {
    lock.lock();
    try {
      return interval;
    } finally {
      lock.unlock();
    }
  }

  private void take() {
    Instant at = Instant.now();
    lock.lock();
    try {
      samples.add(new Sample(at, MachineSample.take(proc, at)));
      if (interval.multipliedBy(MOST).compareTo(Duration.between(began, at)) <= 0) {
        interval = interval.multipliedBy(2);
      }
    } catch (IOException e) {
      failure = e;
    } finally {
      lock.unlock();
    }
  }

  /**
   * What it came to so far, and one sample more.
   *
   * @throws IOException when the kernel could not be asked
   */
  List<JsonWriter> told() throws IOException {
    Instant end = Instant.now();
    lock.lock();
    try {
      if (failure != null) {
        throw failure;
      }
      List<JsonWriter> all = new ArrayList<>();
      Instant last = Instant.MIN;
      for (Sample sample : samples) {
        if (last.equals(Instant.MIN)
            || Duration.between(last, sample.at).compareTo(interval) >= 0) {
          all.add(sample.json);
          last = sample.at;
        }
      }
      all.add(MachineSample.take(proc, end));
      return all;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    ended.countDown();
  }
}
