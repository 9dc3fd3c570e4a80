package dev.obdbuild.linux.file;

import dev.obdbuild.linux.sys.LinuxException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

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
      MemorySegment buffer = arena.allocate(BUFFER, 8);
      while (true) {
        long length = FileCalls.getdents64(dir.fd(), buffer);
        if (length < 0) {
          throw new LinuxException("getdents64", dir.path().text(), (int) -length);
        }
        if (length == 0) {
          break;
        }
        parse(dir, buffer, length, entries);
      }
    }
    entries.sort((a, b) -> a.name().compareTo(b.name()));
    return entries;
  }

  private static void parse(Dir dir, MemorySegment buffer, long length, List<DirEntry> into)
      throws IOException {
    long at = 0;
    while (at < length) {
      int record = Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT, at + 16));
      int type = Byte.toUnsignedInt(buffer.get(ValueLayout.JAVA_BYTE, at + 18));
      RawPath name = name(buffer, at + NAME);
      if (!name.latin1().equals(".") && !name.latin1().equals("..")) {
        FileType known = FileType.ofDirent(type);
        into.add(new DirEntry(name, known == null ? dir.stat(name).type() : known));
      }
      at += record;
    }
  }

  private static RawPath name(MemorySegment buffer, long at) {
    long end = at;
    while (buffer.get(ValueLayout.JAVA_BYTE, end) != 0) {
      end++;
    }
    return RawPath.ofBytes(buffer.asSlice(at, end - at).toArray(ValueLayout.JAVA_BYTE));
  }
}
