package dev.obdbuild.testkit;

import java.util.SplittableRandom;

/**
 * Randomness that can be repeated: the seed is new in each run, is printed when the body fails, and
 * is taken from {@code -Dobd.seed} if that is set.
 */
public final class SplitRandom {
  private SplitRandom() {}

  /** A test's body. */
  @FunctionalInterface
  public interface Body {
    void run(SplittableRandom random) throws Exception;
  }

  /**
   * Runs {@code body} with a fresh seed.
   *
   * @throws AssertionError naming the seed, if the body throws anything
   */
  public static void run(Body body) {
    run(Long.getLong("obd.seed", System.nanoTime()), body);
  }

  /** Runs {@code body} with the given seed. */
  public static void run(long seed, Body body) {
    try {
      body.run(new SplittableRandom(seed));
    } catch (Throwable e) {
      throw new AssertionError(
          "failed with seed " + seed + ", repeat with -Dobd.seed=" + seed + ": " + e, e);
    }
  }

  /** {@code length} random bytes. */
  public static byte[] bytes(SplittableRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
