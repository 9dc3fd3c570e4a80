package dev.obdbuild.linux.fuse;

import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What a session agrees on with the kernel.
 *
 * @param maxTransfer largest read or write in bytes, a multiple of 4096, at most 1 MiB
 * @param maxBackground how many asynchronous requests may be under way
 */
public record FuseInit(int maxTransfer, int maxBackground) {
  private static final int MAJOR = 7;
  private static final int MINOR = 40;
  private static final int BODY = 64;

  private static final int ASYNC_READ = 1;
  private static final int BIG_WRITES = 1 << 5;

  /**
   * Without it loop's direct I/O reaches us one request at a time: a tenth of the speed at depth
   * 32.
   */
  private static final int ASYNC_DIO = 1 << 15;

  private static final int ABORT_ERROR = 1 << 21;
  private static final int MAX_PAGES = 1 << 22;
  private static final int INIT_EXT = 1 << 30;

  /** Of the second 32 flags. */
  private static final int HAS_RESEND = 1 << 7;

  /** Answers the INIT request that {@code channel} holds. */
  public void answer(FuseChannel channel) throws LinuxException {
    int major = channel.requestInt(40);
    int minor = channel.requestInt(44);
    int offered = channel.requestInt(52);
    if (major != MAJOR || (offered & MAX_PAGES) == 0) {
      channel.fail(Errno.EINVAL);
      throw new LinuxException(
          "FUSE_INIT of kernel protocol " + major + "." + minor, "/dev/fuse", Errno.EINVAL);
    }
    MemorySegment body = channel.body(BODY).fill((byte) 0);
    body.set(ValueLayout.JAVA_INT_UNALIGNED, 0, MAJOR);
    body.set(ValueLayout.JAVA_INT_UNALIGNED, 4, Math.min(MINOR, minor));
    body.set(ValueLayout.JAVA_INT_UNALIGNED, 8, maxTransfer); // max_readahead
    int wanted = ASYNC_READ | BIG_WRITES | ASYNC_DIO | ABORT_ERROR | MAX_PAGES | INIT_EXT;
    body.set(ValueLayout.JAVA_INT_UNALIGNED, 12, wanted & offered);
    body.set(ValueLayout.JAVA_SHORT_UNALIGNED, 16, (short) maxBackground);
    body.set(
        ValueLayout.JAVA_SHORT_UNALIGNED,
        18,
        (short) (maxBackground * 3 / 4)); // congestion threshold
    body.set(ValueLayout.JAVA_INT_UNALIGNED, 20, maxTransfer); // max_write
    body.set(ValueLayout.JAVA_INT_UNALIGNED, 24, 1); // time granularity, ns
    body.set(ValueLayout.JAVA_SHORT_UNALIGNED, 28, (short) (maxTransfer / 4096)); // max_pages
    body.set(ValueLayout.JAVA_INT_UNALIGNED, 32, canResend(channel) ? HAS_RESEND : 0);
    channel.reply(BODY);
  }

  /**
   * Whether the kernel whose INIT {@code channel} holds can hand out requests again, see {@link
   * FuseSession#resend}. To be asked before it is answered.
   */
  public static boolean canResend(FuseChannel channel) {
    return (channel.requestInt(52) & INIT_EXT) != 0 && (channel.requestInt(56) & HAS_RESEND) != 0;
  }
}
