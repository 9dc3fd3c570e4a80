package dev.obdbuild.linux.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.obdbuild.linux.sys.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * posix_spawn(3) through java.lang.foreign: the one way for a JVM to start a program that inherits
 * chosen descriptors, since {@code ProcessBuilder} closes all but three. Its functions return their
 * errno. Needs glibc 2.34, for posix_spawn_file_actions_addclosefrom_np.
 */
final class SpawnCalls {
  private static final Linker LINKER = Linker.nativeLinker();

  private static final MethodHandle SPAWN =
      bind(
          "posix_spawnp",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
  private static final MethodHandle ACTIONS_INIT =
      bind("posix_spawn_file_actions_init", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle ACTIONS_DESTROY =
      bind("posix_spawn_file_actions_destroy", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle ACTIONS_OPEN =
      bind(
          "posix_spawn_file_actions_addopen",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle ACTIONS_DUP =
      bind(
          "posix_spawn_file_actions_adddup2",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle ACTIONS_CLOSE_FROM =
      bind(
          "posix_spawn_file_actions_addclosefrom_np",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle ATTRIBUTES_INIT =
      bind("posix_spawnattr_init", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle ATTRIBUTES_DESTROY =
      bind("posix_spawnattr_destroy", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle ATTRIBUTES_FLAGS =
      bind("posix_spawnattr_setflags", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_SHORT));

  /** More than posix_spawn_file_actions_t (80) and posix_spawnattr_t (336) of glibc. */
  private static final int STRUCTURE = 512;

  private static final short POSIX_SPAWN_SETSID = 0x80;
  private static final int O_RDWR = 2;
  private static final int STANDARD = 3;

  private SpawnCalls() {}

  /** A call that returns its errno. */
  private interface Call {
    int run() throws Throwable;
  }

  private static MethodHandle bind(String name, FunctionDescriptor shape) {
    return LINKER.downcallHandle(
        LINKER
            .defaultLookup()
            .find(name)
            .orElseThrow(
                () -> new IllegalStateException("the C library has no " + name + " (glibc 2.34)")),
        shape);
  }

  /**
   * Starts a program of the PATH in a session of its own, its standard streams on /dev/null, with
   * {@code held} as its descriptors from 3 on and no others.
   *
   * @param held numbers in this process; each above the last one of the child
   * @return its pid
   */
  static long spawn(List<String> command, List<String> environment, List<Integer> held)
      throws LinuxException {
    String program = command.getFirst();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment actions = arena.allocate(STRUCTURE, 16);
      MemorySegment attributes = arena.allocate(STRUCTURE, 16);
      MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment path = arena.allocateFrom(program);
      MemorySegment devNull = arena.allocateFrom("/dev/null");
      MemorySegment arguments = strings(arena, command);
      MemorySegment variables = strings(arena, environment);
      check(program, () -> (int) ACTIONS_INIT.invokeExact(actions));
      check(program, () -> (int) ATTRIBUTES_INIT.invokeExact(attributes));
      try {
        for (int i = 0; i < STANDARD; i++) {
          int fd = i;
          check(program, () -> (int) ACTIONS_OPEN.invokeExact(actions, fd, devNull, O_RDWR, 0));
        }
        int next = STANDARD;
        for (int number : held) {
          int target = next++;
          check(program, () -> (int) ACTIONS_DUP.invokeExact(actions, number, target));
        }
        int from = next;
        check(program, () -> (int) ACTIONS_CLOSE_FROM.invokeExact(actions, from));
        check(program, () -> (int) ATTRIBUTES_FLAGS.invokeExact(attributes, POSIX_SPAWN_SETSID));
        check(
            program,
            () -> (int) SPAWN.invokeExact(pid, path, actions, attributes, arguments, variables));
        return pid.get(ValueLayout.JAVA_INT, 0);
      } finally {
        check(program, () -> (int) ACTIONS_DESTROY.invokeExact(actions));
        check(program, () -> (int) ATTRIBUTES_DESTROY.invokeExact(attributes));
      }
    }
  }

  private static MemorySegment strings(Arena arena, List<String> texts) {
    MemorySegment array = arena.allocate(ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      array.setAtIndex(ADDRESS, i, arena.allocateFrom(texts.get(i)));
    }
    return array; // the last one is the null pointer that ends it
  }

  private static void check(String program, Call call) throws LinuxException {
    int errno;
    try {
      errno = call.run();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    if (errno != 0) {
      throw new LinuxException("posix_spawn", program, errno);
    }
  }
}
