package dev.obdbuild.overlaybd.crash;

/** What was done to a file. */
sealed interface Change {
  /** Bytes, which nobody changes, at an offset. */
  @SuppressWarnings("ArrayRecordComponent")
  record Write(long offset, byte[] bytes) implements Change {}

  /** A hole made. */
  record Punch(long offset, long length) implements Change {}

  /** The file cut off. */
  record Truncate(long size) implements Change {}

  /** A flush that has ended. */
  record Force() implements Change {}
}
