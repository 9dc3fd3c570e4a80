package dev.obdbuild.linux.file;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Functions of the C library, called so that each also reports errno; loaded on the first file call
 * of the process.
 */
final class Native {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBC = LINKER.defaultLookup();
  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final FunctionDescriptor INTEGERS =
      FunctionDescriptor.of(
          JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private static final MethodHandle CALL =
      LINKER.downcallHandle(INTEGERS, Linker.Option.captureCallState("errno"));
  private static final MethodHandle TRANSFER =
      LINKER.downcallHandle(
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG),
          Linker.Option.captureCallState("errno"));

  private Native() {}

  /**
   * A function of the C library that takes integers and pointers, at most six.
   *
   * <p>All are called in one shape: the JVM would else make half a dozen classes for each, which
   * takes longer than a short command. By the ABI of every 64-bit Linux a function looks only at
   * the registers and the halves of them that its parameters have; for the same reason the upper
   * half of what a function that returns int returns means nothing.
   */
  record Function(MemorySegment symbol) {

    static Function of(String name) {
      return new Function(
          LIBC.find(name)
              .orElseThrow(() -> new IllegalStateException("the C library has no " + name)));
    }

    /** Calls a function of int: what it returns, or minus errno. */
    int call(Frame frame, long a, long b, long c, long d, long e) {
      return (int) frame.result((int) raw(frame, a, b, c, d, e, 0));
    }

    int call(Frame frame, long a, long b, long c, long d) {
      return call(frame, a, b, c, d, 0);
    }

    int call(Frame frame, long a, long b, long c) {
      return call(frame, a, b, c, 0, 0);
    }

    /** Calls a function of long, ssize_t or off_t: what it returns, or minus errno. */
    long callLong(Frame frame, long a, long b, long c, long d, long e, long f) {
      return frame.result(raw(frame, a, b, c, d, e, f));
    }

    long callLong(Frame frame, long a, long b, long c, long d) {
      return callLong(frame, a, b, c, d, 0, 0);
    }

    private long raw(Frame frame, long a, long b, long c, long d, long e, long f) {
      try {
        return (long) CALL.invokeExact(symbol, frame.errno(), a, b, c, d, e, f);
      } catch (Throwable thrown) {
        throw broken(thrown);
      }
    }

    /**
     * Calls a function that moves bytes between a descriptor and memory, which stays open meanwhile
     * whoever closes it.
     */
    long transfer(Frame frame, int fd, MemorySegment buffer, long position) {
      try {
        return frame.result(
            (long)
                TRANSFER.invokeExact(
                    symbol, frame.errno(), fd, buffer, buffer.byteSize(), position));
      } catch (Throwable thrown) {
        throw broken(thrown);
      }
    }
  }

  /** A downcall throws nothing of its own: what arrives here is an Error or our own mistake. */
  private static RuntimeException broken(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }

  /** Memory of one call: errno first, then whatever the call takes. Freed when the call is over. */
  static final class Frame implements AutoCloseable {
    private static final long ERRNO_SIZE = Linker.Option.captureStateLayout().byteSize();

    /** What {@link #times} takes. */
    static final long TIMES = 32;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory;
    private long used = 16;

    /** A frame with room for {@code size} bytes besides errno. */
    Frame(long size) {
      assert ERRNO_SIZE <= 16;
      memory = arena.allocate(16 + size, 8);
    }

    /** A frame with room for one path. */
    static Frame of(RawPath path) {
      return new Frame(path.latin1().length() + 1L);
    }

    /** A frame with room for two paths. */
    static Frame of(RawPath one, RawPath other) {
      return new Frame(one.latin1().length() + other.latin1().length() + 2L);
    }

    MemorySegment errno() {
      return memory;
    }

    /** The path as a C string: its address. */
    long path(RawPath path) {
      return bytes(path.bytes(), 1);
    }

    /** Two times as C has them: their address. */
    long times(UnixTime one, UnixTime other) {
      MemorySegment times = take(TIMES);
      times.set(JAVA_LONG, 0, one.seconds());
      times.set(JAVA_LONG, 8, one.nanos());
      times.set(JAVA_LONG, 16, other.seconds());
      times.set(JAVA_LONG, 24, other.nanos());
      return times.address();
    }

    /** A copy of bytes, with some zeros behind them: its address. */
    long bytes(byte[] bytes, int zeros) {
      MemorySegment at = take(bytes.length + (long) zeros);
      MemorySegment.copy(bytes, 0, at, JAVA_BYTE, 0, bytes.length);
      return at.address();
    }

    /** The next {@code size} bytes, zeroed, right behind what was taken before. */
    MemorySegment take(long size) {
      MemorySegment at = memory.asSlice(used, size);
      used += size;
      return at;
    }

    /** {@code result}, or minus errno when it is negative. */
    long result(long result) {
      return result >= 0 ? result : -(int) ERRNO.get(memory, 0L);
    }

    @Override
    public void close() {
      arena.close();
    }
  }
}
