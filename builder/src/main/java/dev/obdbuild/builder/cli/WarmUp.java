package dev.obdbuild.builder.cli;

/**
 * What the launcher runs once after a build, so that the JVM can record in its AOT cache the
 * classes that commands need. Does nothing of use otherwise.
 */
final class WarmUp {

  private WarmUp() {}

  /** Walks through the parts of the program that every start passes. */
  public static void main(String[] args) {
    ObdBuild.commandLine().getUsageMessage();
  }
}
