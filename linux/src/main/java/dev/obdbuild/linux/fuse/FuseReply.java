package dev.obdbuild.linux.fuse;

import dev.obdbuild.linux.sys.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A buffer for answers to requests that were read by a {@link FuseChannel} and put aside. Not
 * thread-safe; serves requests of any session, one after the other. Closing frees the buffer.
 */
public final class FuseReply implements AutoCloseable {
  private static final int PAGE = 4096;

  private final Arena arena = Arena.ofShared();
  private final DeviceCalls calls = new DeviceCalls(arena);
  private final MemorySegment message;

  /** With room for a body of {@code maxTransfer} bytes. */
  public FuseReply(int maxTransfer) {
    message =
        arena.allocate(maxTransfer + (long) PAGE, PAGE).asSlice(PAGE - FuseChannel.REPLY_HEADER);
  }

  /** The first {@code size} bytes of the body, for the caller to fill. */
  public MemorySegment body(long size) {
    return message.asSlice(FuseChannel.REPLY_HEADER, size);
  }

  /** Answers with the first {@code size} bytes of {@link #body}. */
  public void reply(FuseSession session, long unique, long size) throws LinuxException {
    session.send(calls, message, unique, 0, size);
  }

  /** Answers with an error, a positive errno. */
  public void fail(FuseSession session, long unique, int errno) throws LinuxException {
    session.send(calls, message, unique, errno, 0);
  }

  @Override
  public void close() {
    arena.close();
  }
}
