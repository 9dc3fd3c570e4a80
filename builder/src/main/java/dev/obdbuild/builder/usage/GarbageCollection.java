package dev.obdbuild.builder.usage;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Carries out the rules of the garbage collection some time after it was asked to. Thread-safe. */
public final class GarbageCollection implements AutoCloseable {

  private final Usage usage;
  private final List<GcPolicy> policies;
  private final Consumer<Exception> failed;
  private final DelayedRun later;

  /**
   * @param delay between being asked and a run
   * @param failed told when a run fails; the next request tries again
   */
  public GarbageCollection(
      Usage usage, List<GcPolicy> policies, Duration delay, Consumer<Exception> failed) {
    this.usage = usage;
    this.policies = List.copyOf(policies);
    this.failed = failed;
    this.later = new DelayedRun("garbage collection", delay, this::runOrTell);
  }

  /** Its rules. */
  public List<GcPolicy> policies() {
    return policies;
  }

  /** Asks for a run. */
  public void request() {
    later.request();
  }

  /** Carries out the rules now, on the caller's thread. */
  public void run() throws IOException {
    long disk = usage.diskBytes();
    for (GcPolicy policy : policies) {
      usage.prune(policy.order(disk), item -> {});
    }
  }

  private void runOrTell() {
    try {
      run();
    } catch (IOException | RuntimeException e) {
      failed.accept(e);
    }
  }

  /** Waits for a run that goes on, and makes none any more. */
  @Override
  public void close() {
    later.close();
  }
}
