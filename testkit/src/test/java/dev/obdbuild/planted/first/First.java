package dev.obdbuild.planted.first;

import dev.obdbuild.planted.second.Second;

/** Half of a cycle of packages. */
public final class First {
  public Second second() {
    return new Second();
  }
}
