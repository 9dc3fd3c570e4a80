package dev.obdbuild.linux.sys;

/**
 * Error numbers that callers tell apart, with the values of x86-64 and arm64, and the names of all.
 */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int ENXIO = 6;
  public static final int EAGAIN = 11;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int EXDEV = 18;
  public static final int ENODEV = 19;
  public static final int ENOTDIR = 20;
  public static final int EISDIR = 21;
  public static final int EINVAL = 22;
  public static final int ENOTTY = 25;
  public static final int ENOSPC = 28;
  public static final int EROFS = 30;
  public static final int ERANGE = 34;
  public static final int ENOSYS = 38;
  public static final int ELOOP = 40;
  public static final int ENODATA = 61;
  public static final int EOPNOTSUPP = 95;
  public static final int ECONNABORTED = 103;
  public static final int ENOTCONN = 107;

  private Errno() {}

  /** The symbol, such as {@code EBUSY}; {@code errno 4711} for one that has none. */
  public static String name(int errno) {
    if (errno == EOPNOTSUPP) {
      return "EOPNOTSUPP"; // ENOTSUP is the same number
    }
    jnr.constants.platform.Errno known = jnr.constants.platform.Errno.valueOf(errno);
    return known.defined() && known.intValue() == errno ? known.name() : "errno " + errno;
  }

  /** The system's words for it. */
  public static String describe(int errno) {
    jnr.constants.platform.Errno known = jnr.constants.platform.Errno.valueOf(errno);
    return known.defined() && known.intValue() == errno ? known.description() : "unknown error";
  }
}
