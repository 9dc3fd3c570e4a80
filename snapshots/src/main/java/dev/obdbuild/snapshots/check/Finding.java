package dev.obdbuild.snapshots.check;

/**
 * Something that was not as it should be.
 *
 * @param what the thing, with its digest or path, and what is wrong with it, where
 * @param remedy what was done about it
 * @param lost whether something is gone that does not come back by itself
 */
public record Finding(String what, String remedy, boolean lost) {
  @Override
  public String toString() {
    return (lost ? "lost: " : "damaged: ") + what + "; " + remedy;
  }
}
