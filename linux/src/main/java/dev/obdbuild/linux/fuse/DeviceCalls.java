package dev.obdbuild.linux.fuse;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * read(2) and write(2) through java.lang.foreign: the loop of a serving thread. Never "critical",
 * or a read that waits would hold up every safepoint of the JVM.
 */
final class DeviceCalls {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle READ = bind("read");
  private static final MethodHandle WRITE = bind("write");

  private final MemorySegment state;

  /** For one thread at a time; {@code arena} holds the few bytes that receive errno. */
  DeviceCalls(Arena arena) {
    state = arena.allocate(STATE);
  }

  private static MethodHandle bind(String name) {
    return LINKER.downcallHandle(
        LINKER
            .defaultLookup()
            .find(name)
            .orElseThrow(() -> new IllegalStateException("the C library has no " + name)),
        FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG),
        Linker.Option.captureCallState("errno"));
  }

  /**
   * @return bytes read, or minus errno
   */
  long read(int fd, MemorySegment into) {
    try {
      return result((long) READ.invokeExact(state, fd, into, into.byteSize()));
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  /**
   * @return bytes written, or minus errno
   */
  long write(int fd, MemorySegment from) {
    try {
      return result((long) WRITE.invokeExact(state, fd, from, from.byteSize()));
    } catch (Throwable e) {
      throw rethrow(e);
    }
  }

  private long result(long result) {
    return result >= 0 ? result : -(int) ERRNO.get(state, 0L);
  }

  private static RuntimeException rethrow(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    throw e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }
}
