package dev.obdbuild.builder.cli;

/** What the process's exit codes mean. */
final class ExitCode {

  static final int SUCCESS = 0;

  /** The build or the operation failed. */
  static final int FAILED = 1;

  /** The command line makes no sense. */
  static final int USAGE = 2;

  /** The host lacks something: root, FUSE, loop devices, a runtime, a tool. */
  static final int HOST = 3;

  /** {@code run} could not start the container; otherwise it exits with the command's own code. */
  static final int NOT_RUN = 125;

  /** {@code run} found no such program in the image. The launcher: no JDK 25. */
  static final int NO_PROGRAM = 127;

  /** Ctrl-C. */
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
