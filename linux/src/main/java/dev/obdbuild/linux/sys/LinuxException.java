package dev.obdbuild.linux.sys;

import java.io.IOException;
import java.io.Serial;

/** A system call failed. The message names the call, what it was called on, and the error. */
public final class LinuxException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final String call;
  private final String subject;
  private final int errno;

  /**
   * {@code subject} is the path or other thing that the call was about; {@code errno} is positive.
   */
  public LinuxException(String call, String subject, int errno) {
    super(call + " " + subject + ": " + Errno.name(errno) + " (" + Errno.describe(errno) + ")");
    this.call = call;
    this.subject = subject;
    this.errno = errno;
  }

  /** The function that failed, perhaps with its most telling argument. */
  public String call() {
    return call;
  }

  /** What the call was about. */
  public String subject() {
    return subject;
  }

  /** The error number, positive; see {@link Errno}. */
  public int errno() {
    return errno;
  }

  /** Whether the error is this one. */
  public boolean is(int number) {
    return errno == number;
  }
}
