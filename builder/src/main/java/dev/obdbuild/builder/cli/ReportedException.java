package dev.obdbuild.builder.cli;

/** A failure that the user has been told of already; only the exit code is left. */
final class ReportedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  ReportedException(int exitCode) {
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
