package dev.obdbuild.builder.daemon;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The builds under way by their refs. A client's calls arrive in any order, so whoever asks for a
 * build that is not there yet waits a while, unless it has been there. Thread-safe.
 */
final class RunningBuilds {

  /** Of so many builds that are over the refs are kept. */
  static final int REMEMBERED = 1000;

  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<Coming> coming = new HashSet<>();
  private final LinkedHashSet<String> over = new LinkedHashSet<>();
  private final Set<Coming> answered = new HashSet<>();
  private final Map<String, RunningBuild> builds = new HashMap<>();

  /**
   * @param most at a time; further ones are refused
   */
  RunningBuilds(int most) {
    this.most = most;
  }

  /**
   * Puts a build on the list.
   *
   * @throws IOException when one of that ref runs already
   */
  void add(RunningBuild build) throws IOException {
    lock.lock();
    try {
      if (builds.putIfAbsent(build.ref(), build) != null) {
        throw new IOException("build " + build.ref() + " is running already");
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void remove(RunningBuild build) {
    lock.lock();
    try {
      builds.remove(build.ref(), build);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  Optional<RunningBuild> find(String ref) {
    lock.lock();
    try {
      return Optional.ofNullable(builds.get(ref));
    } finally {
      lock.unlock();
    }
  }

  /** Gives all of them up. */
  void cancelAll() {
    List<RunningBuild> all;
    lock.lock();
    try {
      all = List.copyOf(builds.values());
    } finally {
      lock.unlock();
    }
    all.forEach(build -> build.cancellation().cancel());
  }

  /**
   * Takes a build of that ref, which is being prepared now: whoever waits for it goes on waiting.
   * Closing the answer, after the build has ended, makes room for another.
   *
   * @throws StatusRuntimeException RESOURCE_EXHAUSTED when there are too many
   */
  Coming coming(String ref) {
    lock.lock();
    try {
      if (coming.size() == most) {
        throw Status.RESOURCE_EXHAUSTED
            .withDescription("there are " + most + " builds under way, no more are taken")
            .asRuntimeException();
      }
      Coming taken = new Coming(ref);
      coming.add(taken);
      over.remove(ref);
      changed.signalAll();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** A build that was taken. */
  final class Coming implements AutoCloseable {
    private final String ref;

    private Coming(String ref) {
      this.ref = ref;
    }

    /** The client is about to hear that the build is over; what is kept of it is still written. */
    void answered() {
      lock.lock();
      try {
        answered.add(this);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        coming.remove(this);
        answered.remove(this);
        if (!isComing(ref)) {
          over.add(ref);
        }
        if (over.size() > REMEMBERED) {
          over.removeFirst();
        }
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private boolean isComing(String ref) {
    return coming.stream().anyMatch(one -> one.ref.equals(ref));
  }

  /**
   * Waits until nothing is written any more of builds whose clients have heard that they are over:
   * to be called before anything is told of past builds or of what they hold.
   */
  void settle() throws InterruptedException {
    lock.lock();
    try {
      Set<Coming> now = Set.copyOf(answered);
      while (!Collections.disjoint(answered, now)) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for a build.
   *
   * @return empty when it is over
   * @throws NoSuchBuildException when it does not come in time
   */
  Optional<RunningBuild> await(String ref, Duration patience) throws IOException {
    long nanos = patience.toNanos();
    lock.lock();
    try {
      while (true) {
        RunningBuild build = builds.get(ref);
        if (build != null) {
          return Optional.of(build);
        }
        if (isComing(ref)) {
          changed.await();
        } else if (over.contains(ref)) {
          return Optional.empty();
        } else if (nanos <= 0) {
          throw new NoSuchBuildException(ref);
        } else {
          nanos = changed.awaitNanos(nanos);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for build " + ref, e);
    } finally {
      lock.unlock();
    }
  }

  boolean isEmpty() {
    lock.lock();
    try {
      return builds.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until all builds have ended.
   *
   * @return whether they have
   */
  boolean awaitNone(Duration patience) throws InterruptedException {
    long nanos = patience.toNanos();
    lock.lock();
    try {
      while (!builds.isEmpty() && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return builds.isEmpty();
    } finally {
      lock.unlock();
    }
  }
}
