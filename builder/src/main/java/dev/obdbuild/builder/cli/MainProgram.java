package dev.obdbuild.builder.cli;

import picocli.CommandLine;

/** What the programs have in common: how help looks, how failures are told, and how they end. */
final class MainProgram {
  private static final int HELP_WIDTH = 100;

  private MainProgram() {}

  /**
   * Gives a command line, with the subcommands that it has by now, the manners of all programs.
   *
   * @return {@code line}
   */
  static CommandLine mannered(CommandLine line) {
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(false);
    line.setUsageHelpWidth(HELP_WIDTH);
    line.setParameterExceptionHandler(Failures::usage);
    line.setExecutionExceptionHandler(Failures::execution);
    return line;
  }

  /** Ends the process after all that was printed is out. */
  static void exit(int code) {
    flush();
    System.exit(code);
  }

  /**
   * As {@link #exit}, but without shutdown hooks, for a program that has none: to exit, the JVM
   * first looks for a logger in all jars, which takes longer than a short command.
   */
  static void halt(int code) {
    flush();
    Runtime.getRuntime().halt(code);
  }

  private static void flush() {
    System.out.flush();
    System.err.flush();
  }
}
