package dev.obdbuild.planted.second;

import dev.obdbuild.planted.first.First;

/** The other half of the cycle. */
public final class Second {
  public First first() {
    return new First();
  }
}
