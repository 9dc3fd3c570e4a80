package dev.obdbuild.linux.file;

import static java.lang.foreign.ValueLayout.ADDRESS;
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
 * Binds C library functions so that each call also reports errno; loaded on the first file call of
 * the process.
 */
final class Native {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBC = LINKER.defaultLookup();
  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private Native() {}

  /** An int function; its first Java parameter is the segment that receives errno. */
  static MethodHandle intCall(String name, MemoryLayout... parameters) {
    return bind(name, FunctionDescriptor.of(JAVA_INT, parameters));
  }

  /**
   * A function that returns ssize_t or off_t; its first Java parameter is the segment that receives
   * errno.
   */
  static MethodHandle longCall(String name, MemoryLayout... parameters) {
    return bind(name, FunctionDescriptor.of(JAVA_LONG, parameters));
  }

  /**
   * {@code syscall(number, dirfd, path, pointer or int, length or int)} for calls the C library
   * does not wrap.
   */
  static MethodHandle rawSystemCall() {
    MemorySegment symbol =
        LIBC.find("syscall").orElseThrow(() -> new IllegalStateException("no syscall in libc"));
    return LINKER.downcallHandle(
        symbol,
        FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG),
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(1));
  }

  private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
    MemorySegment symbol =
        LIBC.find(name)
            .orElseThrow(() -> new IllegalStateException("the C library has no " + name));
    return LINKER.downcallHandle(symbol, descriptor, Linker.Option.captureCallState("errno"));
  }

  /** Memory of one call: errno first, then whatever the call takes. Freed when the call is over. */
  static final class Frame implements AutoCloseable {
    private static final long ERRNO_SIZE = Linker.Option.captureStateLayout().byteSize();

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

    /** The path as a C string. */
    MemorySegment path(RawPath path) {
      byte[] bytes = path.bytes();
      MemorySegment at = take(bytes.length + 1L);
      MemorySegment.copy(bytes, 0, at, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, bytes.length);
      return at;
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
