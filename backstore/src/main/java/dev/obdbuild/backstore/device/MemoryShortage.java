package dev.obdbuild.backstore.device;

/** Tells a lack of memory from a failure, through whatever it was wrapped in on its way. */
final class MemoryShortage {
  private static final int DEPTH = 16;

  private MemoryShortage() {}

  /** Whether {@code failure} came about because memory was short for a moment. */
  static boolean isBehind(Throwable failure) {
    Throwable at = failure;
    for (int i = 0; at != null && i < DEPTH; i++) {
      if (at instanceof OutOfMemoryError) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }

  /**
   * Goes on if memory was not what lacked.
   *
   * @throws OutOfMemoryError the one behind {@code failure}
   */
  static void rethrow(Throwable failure) {
    Throwable at = failure;
    for (int i = 0; at != null && i < DEPTH; i++) {
      if (at instanceof OutOfMemoryError shortage) {
        throw shortage;
      }
      at = at.getCause();
    }
  }
}
