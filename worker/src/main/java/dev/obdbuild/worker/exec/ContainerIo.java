package dev.obdbuild.worker.exec;

/** Where the streams of a container's process go. */
public sealed interface ContainerIo {

  /** Standard input is empty; what the process prints goes to a sink. */
  record Capture(OutputSink sink) implements ContainerIo {}

  /**
   * The process has the caller's own streams.
   *
   * @param stdin whether standard input is handed on too
   */
  record Inherit(boolean stdin) implements ContainerIo {}

  /** Takes what a process prints, chunk by chunk; called from one thread a stream. */
  @FunctionalInterface
  interface OutputSink {

    /**
     * Takes over a chunk as the process wrote it; it may end in the middle of a line.
     *
     * @param stream 1 for standard output, 2 for standard error
     */
    void write(int stream, byte[] chunk);
  }
}
