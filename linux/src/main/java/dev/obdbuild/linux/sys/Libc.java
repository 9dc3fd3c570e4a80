package dev.obdbuild.linux.sys;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Platform;
import jnr.ffi.Runtime;

/**
 * Binds functions of the C library. The first binding of a process costs 0.3 to 0.7 s, so classes
 * bind in a holder that is loaded by the first call, never in a class that a command without
 * devices touches.
 *
 * <p>Calls with six arguments go wrong in jnr's x86-64 stubs: bind those as {@code syscall} with
 * longs.
 */
public final class Libc {
  private Libc() {}

  /**
   * An implementation of {@code calls}, a public interface whose methods are named and shaped as
   * the functions are. Pointers are longs or {@code CharSequence}s (UTF-8 C strings).
   */
  public static <T> T load(Class<T> calls) {
    return LibraryLoader.create(calls).load(Platform.getNativePlatform().getStandardCLibraryName());
  }

  /** errno of this thread's last call through a loaded interface. */
  public static int errno() {
    return Runtime.getSystemRuntime().getLastError();
  }

  /**
   * Returns {@code result}, or throws when it is negative.
   *
   * @param call the function, for the message
   * @param subject what it was called on: a path, mostly
   */
  public static int check(int result, String call, String subject) throws LinuxException {
    if (result < 0) {
      throw new LinuxException(call, subject, errno());
    }
    return result;
  }
}
