package dev.obdbuild.builder.cli;

import picocli.CommandLine;

/** The daemon's program. */
public final class ObdBuildd {

  private ObdBuildd() {}

  /** Serves until SIGTERM and ends the process. */
  public static void main(String[] args) {
    int code = commandLine().execute(args);
    System.out.flush();
    System.err.flush();
    System.exit(code);
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new DaemonCommand());
    line.setUsageHelpAutoWidth(false);
    line.setUsageHelpWidth(100);
    line.setParameterExceptionHandler(Failures::usage);
    line.setExecutionExceptionHandler(Failures::execution);
    return line;
  }
}
