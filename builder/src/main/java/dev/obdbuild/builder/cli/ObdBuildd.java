package dev.obdbuild.builder.cli;

import picocli.CommandLine;

/** The daemon's program. */
public final class ObdBuildd {

  private ObdBuildd() {}

  /** Serves until SIGTERM and ends the process. */
  public static void main(String[] args) {
    MainProgram.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return MainProgram.mannered(new CommandLine(new DaemonCommand()));
  }
}
