package dev.obdbuild.linux.file;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Extended attributes of a name, never of what a symlink points to. There is no *at form before
 * Linux 6.13, so the directory is reached as {@code /proc/self/fd/N}: only that first step is a
 * link that the kernel follows.
 */
final class XattrCalls {
  private static final Native.Function LSET = Native.Function.of("lsetxattr");
  private static final Native.Function SET = Native.Function.of("setxattr");
  private static final Native.Function LGET = Native.Function.of("lgetxattr");
  private static final Native.Function GET = Native.Function.of("getxattr");
  private static final Native.Function LLIST = Native.Function.of("llistxattr");
  private static final Native.Function LIST = Native.Function.of("listxattr");
  private static final Native.Function LREMOVE = Native.Function.of("lremovexattr");
  private static final Native.Function REMOVE = Native.Function.of("removexattr");

  /** The kernel's own limit on a list of names and on a value. */
  private static final int LIMIT = 65536;

  private static final int FIRST_TRY = 1024;

  private XattrCalls() {}

  /**
   * Where the kernel finds {@code name} of directory {@code fd}, or {@code fd} itself when the name
   * is empty.
   */
  private static RawPath procPath(int fd, RawPath name) {
    return new RawPath("/proc/self/fd/" + fd + (name.isEmpty() ? "" : "/" + name.latin1()));
  }

  private static RawPath encoded(String attribute) {
    return RawPath.of(attribute);
  }

  static void set(int fd, RawPath name, RawPath subject, String attribute, byte[] value)
      throws LinuxException {
    RawPath path = procPath(fd, name);
    RawPath key = encoded(attribute);
    int result;
    try (Native.Frame frame =
        new Native.Frame(path.latin1().length() + key.latin1().length() + 2L + value.length)) {
      Native.Function call = name.isEmpty() ? SET : LSET;
      long at = frame.path(path);
      result = call.call(frame, at, frame.path(key), frame.bytes(value, 0), value.length, 0);
    }
    if (result < 0) {
      throw new LinuxException("setxattr " + attribute, subject.text(), -result);
    }
  }

  static void remove(int fd, RawPath name, RawPath subject, String attribute)
      throws LinuxException {
    RawPath path = procPath(fd, name);
    RawPath key = encoded(attribute);
    int result;
    try (Native.Frame frame = Native.Frame.of(path, key)) {
      Native.Function call = name.isEmpty() ? REMOVE : LREMOVE;
      result = call.call(frame, frame.path(path), frame.path(key), 0);
    }
    if (result < 0 && result != -Errno.ENODATA) {
      throw new LinuxException("removexattr " + attribute, subject.text(), -result);
    }
  }

  /** All attributes, sorted by name; none on a filesystem without them. */
  static Map<String, byte[]> all(int fd, RawPath name, RawPath subject) throws IOException {
    RawPath path = procPath(fd, name);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(FIRST_TRY);
      long length = list(path, name.isEmpty(), buffer);
      if (length == -Errno.ERANGE) {
        buffer = arena.allocate(LIMIT);
        length = list(path, name.isEmpty(), buffer);
      }
      if (length == 0 || length == -Errno.EOPNOTSUPP) {
        return Map.of();
      }
      if (length < 0) {
        throw new LinuxException("listxattr", subject.text(), (int) -length);
      }
      Map<String, byte[]> found = new TreeMap<>();
      for (String attribute : names(buffer.asSlice(0, length), subject)) {
        byte[] value = value(path, name.isEmpty(), subject, attribute);
        if (value != null) {
          found.put(attribute, value);
        }
      }
      return found;
    }
  }

  private static String[] names(MemorySegment list, RawPath subject) throws IOException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(list.toArray(JAVA_BYTE)))
          .toString()
          .split("\0");
    } catch (CharacterCodingException e) {
      throw new IOException(
          "an extended attribute of " + subject + " has a name that is not UTF-8", e);
    }
  }

  private static long list(RawPath path, boolean follow, MemorySegment buffer) {
    try (Native.Frame frame = Native.Frame.of(path)) {
      Native.Function call = follow ? LIST : LLIST;
      return call.callLong(frame, frame.path(path), buffer.address(), buffer.byteSize(), 0);
    }
  }

  private static byte @org.jspecify.annotations.Nullable [] value(
      RawPath path, boolean follow, RawPath subject, String attribute) throws LinuxException {
    int size = FIRST_TRY;
    while (true) {
      long length;
      RawPath key = encoded(attribute);
      try (Native.Frame frame =
          new Native.Frame(path.latin1().length() + key.latin1().length() + 2L + size)) {
        long at = frame.path(path);
        long keyAt = frame.path(key);
        MemorySegment buffer = frame.take(size);
        Native.Function call = follow ? GET : LGET;
        length = call.callLong(frame, at, keyAt, buffer.address(), size);
        if (length >= 0) {
          return buffer.asSlice(0, length).toArray(JAVA_BYTE);
        }
      }
      if (length == -Errno.ENODATA) {
        return null;
      }
      if (length != -Errno.ERANGE || size == LIMIT) {
        throw new LinuxException("getxattr " + attribute, subject.text(), (int) -length);
      }
      size = LIMIT;
    }
  }
}
