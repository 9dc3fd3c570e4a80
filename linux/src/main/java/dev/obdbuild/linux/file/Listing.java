package dev.obdbuild.linux.file;

import dev.obdbuild.linux.sys.LinuxException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a directory with getdents64. A record is: inode u64, offset s64, record length u16, type
 * u8, name with NUL, in the machine's byte order.
 */
final class Listing {
  private static final int BUFFER = 32 * 1024;
  private static final int NAME = 19;

  private Listing() {}

  /**
   * All names but {@code .} and {@code ..}, sorted by bytes. The descriptor's position is at its
   * start.
   */
  static List<DirEntry> read(Dir dir) throws IOException {
    List<DirEntry> entries = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      each(
          dir,
          arena.allocate(BUFFER, 8),
          (name, type, address) ->
              entries.add(new DirEntry(name, type == null ? dir.stat(name).type() : type)));
    }
    entries.sort((a, b) -> a.name().compareTo(b.name()));
    return entries;
  }

  /** Is told of names. */
  interface Visitor {
    /**
     * Is told of a name.
     *
     * @param type null where the filesystem does not say
     * @param address of the name as a C string, until this returns
     */
    void visit(RawPath name, @Nullable FileType type, long address) throws IOException;
  }

  /**
   * Goes through all names but {@code .} and {@code ..} in the order of the filesystem, from where
   * the descriptor's position is.
   *
   * @param buffer for records, native and aligned to 8
   */
  static void each(Dir dir, MemorySegment buffer, Visitor visitor) throws IOException {
    while (true) {
      long length = FileCalls.getdents64(dir.fd(), buffer);
      if (length < 0) {
        throw new LinuxException("getdents64", dir.path().text(), (int) -length);
      }
      if (length == 0) {
        return;
      }
      parse(buffer, length, visitor);
    }
  }

  private static void parse(MemorySegment buffer, long length, Visitor visitor) throws IOException {
    long at = 0;
    while (at < length) {
      int record = Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT, at + 16));
      int type = Byte.toUnsignedInt(buffer.get(ValueLayout.JAVA_BYTE, at + 18));
      String name = buffer.getString(at + NAME, StandardCharsets.ISO_8859_1);
      if (!name.equals(".") && !name.equals("..")) {
        visitor.visit(new RawPath(name), FileType.ofDirent(type), buffer.address() + at + NAME);
      }
      at += record;
    }
  }
}
