package dev.obdbuild.planted.clean;

/** Breaks no rule. */
public final class Clean {
  public int twice(int x) {
    return 2 * x;
  }
}
