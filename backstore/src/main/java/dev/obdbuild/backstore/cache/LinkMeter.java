package dev.obdbuild.backstore.cache;

/**
 * How long a request to one place takes at least, and how many bytes arrive from there in a second
 * at most: together, how much has to be under way to keep the link busy. Thread-safe.
 */
final class LinkMeter {

  /** Asked for ahead before anything is known, and at least; bytes. */
  static final int MIN_WINDOW = 2 << 20;

  /** At most so much is asked for ahead of one reader; bytes. */
  static final int MAX_WINDOW = 16 << 20;

  /** Of what the link holds; room for growth to show, and for what is read but not yet used. */
  private static final int GAIN = 6;

  /** A rate counts for so many answers, so that a link that has become slower is noticed. */
  private static final int MEMORY = 64;

  private final double[] rates = new double[MEMORY];
  private int samples;
  private long delivered;
  private double latencyNanos = Double.MAX_VALUE;

  /** One request under way. */
  record Start(long nanos, long deliveredBefore) {}

  synchronized Start start(long nowNanos) {
    return new Start(nowNanos, delivered);
  }

  /** An answer has come to its end. */
  synchronized void end(Start start, long nowNanos, long bytes) {
    delivered += bytes;
    double took = Math.max(nowNanos - start.nanos(), 1);
    // All that arrived meanwhile counts, whoever asked for it: the link is shared.
    rates[samples++ % MEMORY] = (delivered - start.deliveredBefore()) / took;
    // The floor rises slowly, so that a link that has become longer is noticed, too.
    latencyNanos = Math.min(latencyNanos * 1.0005, took);
  }

  /** Bytes to be asked for ahead of a reader who reads on and on. */
  synchronized int window() {
    if (samples == 0) {
      return MIN_WINDOW;
    }
    double best = 0;
    for (double rate : rates) {
      best = Math.max(best, rate);
    }
    return (int) Math.clamp(GAIN * best * latencyNanos, MIN_WINDOW, MAX_WINDOW);
  }
}
