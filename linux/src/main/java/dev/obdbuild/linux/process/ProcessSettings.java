package dev.obdbuild.linux.process;

import dev.obdbuild.linux.sys.Libc;

/** prctl(2) on the calling thread. */
public final class ProcessSettings {
  static final ProcessCalls CALLS = Libc.load(ProcessCalls.class);

  private static final int PR_SET_IO_FLUSHER = 57;

  private ProcessSettings() {}

  /**
   * Tells the kernel that this thread serves block I/O, so that its memory requests never wait for
   * that same I/O. Threads inherit it at their start.
   *
   * @return false when the kernel refuses (no CAP_SYS_RESOURCE, or older than 5.6); serving works
   *     without
   */
  public static boolean serveBlockIo() {
    return CALLS.prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0) == 0;
  }
}
