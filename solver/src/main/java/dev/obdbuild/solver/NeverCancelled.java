package dev.obdbuild.solver;

/** A cancellation that never comes. */
record NeverCancelled() implements Cancellation {

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public Registration onCancel(Runnable action) {
    return () -> {};
  }
}
