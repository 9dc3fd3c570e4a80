package dev.obdbuild.linux.fuse;

import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One thread's end of a session: a buffer for a request and its reply, and the two calls. Writing
 * the reply's body overwrites the payload of a WRITE and what lies behind the first 64 bytes of any
 * other request. Not thread-safe; a session has one for each serving thread. Closing frees the
 * buffers and does not close the session.
 */
public final class FuseChannel implements AutoCloseable {
  /** Bytes in front of the payload of a WRITE request. */
  static final int WRITE_HEADER = 80;

  /** Bytes in front of the body of a reply. */
  static final int REPLY_HEADER = 16;

  private static final int PAGE = 4096;

  private final FuseSession session;
  private final Arena arena = Arena.ofShared();
  private final DeviceCalls calls = new DeviceCalls(arena);
  private final MemorySegment request;
  private final MemorySegment reply;
  private long received;

  FuseChannel(FuseSession session, int maxTransfer) {
    this.session = session;
    // One buffer for both: payloads start at its second page, WRITE data being at 80 of a request
    // and READ data at 16
    // of a reply, so a reply's header covers no field of a READ, and what a reply needs of its
    // request stays.
    MemorySegment buffer = arena.allocate(maxTransfer + 2L * PAGE, PAGE);
    buffer.fill((byte) 0); // touch the pages now, not while serving
    this.request = buffer.asSlice(PAGE - WRITE_HEADER);
    this.reply = buffer.asSlice(PAGE - REPLY_HEADER);
  }

  /**
   * Waits for a request.
   *
   * @return false when the session is over: unmounted or aborted
   */
  public boolean next() throws LinuxException {
    while (true) {
      long n = calls.read(session.fd(), request);
      if (n >= 0) {
        received = n;
        return n > 0;
      }
      switch ((int) -n) {
        case Errno.ENODEV, Errno.ECONNABORTED, Errno.ENOTCONN -> {
          return false;
        }
        case Errno.ENOENT, Errno.EINTR, Errno.EAGAIN -> {}
        default -> throw new LinuxException("read", "/dev/fuse of " + session.file(), (int) -n);
      }
    }
  }

  /** How many bytes the request has, its header included. */
  public long received() {
    return received;
  }

  public int opcode() {
    return request.get(ValueLayout.JAVA_INT, 4);
  }

  public long unique() {
    return request.get(ValueLayout.JAVA_LONG_UNALIGNED, 8);
  }

  /** A 32-bit field of the request, at {@code at} bytes from its start. */
  public int requestInt(int at) {
    return request.get(ValueLayout.JAVA_INT_UNALIGNED, at);
  }

  /** A 64-bit field of the request. */
  public long requestLong(int at) {
    return request.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
  }

  /** READ, WRITE and FALLOCATE: where, in bytes. */
  public long offset() {
    return requestLong(48);
  }

  /** READ and WRITE: how many bytes. */
  public int size() {
    return requestInt(56);
  }

  /** WRITE: whether the request has all the bytes that it speaks of. */
  public boolean isWhole() {
    return size() >= 0 && size() <= received - WRITE_HEADER;
  }

  /** WRITE: the bytes; valid until {@link #next}. */
  public MemorySegment written() {
    return request.asSlice(WRITE_HEADER, size());
  }

  /** The first {@code size} bytes of the reply's body, for the caller to fill. */
  public MemorySegment body(long size) {
    return reply.asSlice(REPLY_HEADER, size);
  }

  /** Answers the current request with the first {@code size} bytes of {@link #body}. */
  public void reply(long size) throws LinuxException {
    session.send(calls, reply, unique(), 0, size);
  }

  /** Answers the current request with an empty body. */
  public void done() throws LinuxException {
    reply(0);
  }

  /** Answers the current request with an error, a positive errno. */
  public void fail(int errno) throws LinuxException {
    session.send(calls, reply, unique(), errno, 0);
  }

  /** Answers the current request with an error, unless it is one that awaits no answer. */
  public void refuse(int errno) throws LinuxException {
    if (Opcode.wantsReply(opcode())) {
      fail(errno);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
