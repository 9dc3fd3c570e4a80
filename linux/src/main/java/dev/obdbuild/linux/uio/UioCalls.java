package dev.obdbuild.linux.uio;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.obdbuild.linux.sys.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The C library's functions for memory that is shared with the kernel and for waiting on it. */
final class UioCalls {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle READ =
      bind("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle WRITE =
      bind("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle POLL =
      bind("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle EVENTFD =
      bind("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle CLOSE =
      bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle MMAP =
      bind(
          "mmap",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle MUNMAP =
      bind("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

  private static final int READ_WRITE = 3;
  private static final int SHARED = 1;
  private static final int EFD_CLOEXEC = 02000000;

  private UioCalls() {}

  /** A call, given the memory that receives errno. */
  private interface Call {
    long run(MemorySegment state) throws Throwable;
  }

  private static MethodHandle bind(String name, FunctionDescriptor shape) {
    return LINKER.downcallHandle(
        LINKER
            .defaultLookup()
            .find(name)
            .orElseThrow(() -> new IllegalStateException("the C library has no " + name)),
        shape,
        Linker.Option.captureCallState("errno"));
  }

  /** Never "critical": some of these calls wait. @return the result, or minus errno */
  private static long call(Call call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long result = call.run(state);
      return result >= 0 ? result : -(int) ERRNO.get(state, 0L);
    } catch (Error | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@code read(2)}. @return bytes read, or minus errno */
  static long read(int fd, MemorySegment into) {
    return call(state -> (long) READ.invokeExact(state, fd, into, into.byteSize()));
  }

  /** {@code write(2)}. @return bytes written, or minus errno */
  static long write(int fd, MemorySegment from) {
    return call(state -> (long) WRITE.invokeExact(state, fd, from, from.byteSize()));
  }

  /**
   * {@code poll(2)} without time limit.
   *
   * @param descriptors an array of {@code struct pollfd}, 8 bytes each
   * @return how many are ready, or minus errno
   */
  static long poll(MemorySegment descriptors) {
    return call(
        state -> (int) POLL.invokeExact(state, descriptors, descriptors.byteSize() / 8, -1));
  }

  /** {@code eventfd(2)}, closed on exec. */
  static int eventfd() throws LinuxException {
    long fd = call(state -> (int) EVENTFD.invokeExact(state, 0, EFD_CLOEXEC));
    return (int) checked(fd, "eventfd", "");
  }

  /** {@code close(2)}. */
  static void close(int fd, String name) throws LinuxException {
    checked(call(state -> (int) CLOSE.invokeExact(state, fd)), "close", name);
  }

  /** Maps the first {@code size} bytes for reading and writing. @return their address */
  static long map(int fd, long size, String name) throws LinuxException {
    long[] address = new long[1];
    // Addresses beyond 2^63 would look negative; user space has none.
    long result =
        call(
            state ->
                address[0] = (long) MMAP.invokeExact(state, 0L, size, READ_WRITE, SHARED, fd, 0L));
    checked(result, "mmap of " + size + " bytes", name);
    return address[0];
  }

  /** Takes a mapping away. */
  static void unmap(long address, long size) {
    // It fails only for arguments that map() did not yield.
    var _ = call(state -> (int) MUNMAP.invokeExact(state, address, size));
  }

  private static long checked(long result, String call, String subject) throws LinuxException {
    if (result < 0) {
      throw new LinuxException(call, subject, (int) -result);
    }
    return result;
  }
}
