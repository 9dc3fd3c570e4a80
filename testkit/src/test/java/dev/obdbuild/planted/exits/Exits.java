package dev.obdbuild.planted.exits;

/** Ends the process outside builder.cli. */
public final class Exits {
  public void end() {
    System.exit(3);
  }
}
