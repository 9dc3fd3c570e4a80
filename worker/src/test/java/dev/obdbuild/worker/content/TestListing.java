package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** One line of text per file of a tree: all that a faithful copy keeps, hard links included. */
public final class TestListing {
  private TestListing() {}

  /** Paths and lines of all below {@code folder}. */
  public static Map<String, String> of(Path folder) throws IOException {
    try (MountedTree tree = MountedTree.open(folder, "listing");
        TreeDir top = tree.top()) {
      Map<String, String> lines = new TreeMap<>();
      walk(top, lines, new HashMap<>());
      return lines;
    }
  }

  private static void walk(TreeDir dir, Map<String, String> lines, Map<Long, String> inodes)
      throws IOException {
    for (DirEntry entry : dir.list()) {
      String path = dir.path().child(entry.name()).latin1();
      Stat stat = dir.stat(entry.name());
      StringBuilder line = new StringBuilder();
      line.append(stat.type()).append(' ').append(Integer.toOctalString(stat.permissions()));
      line.append(' ').append(stat.owner()).append(' ').append(stat.mtime());
      switch (stat.type()) {
        case REGULAR -> {
          line.append(' ').append(inodes.computeIfAbsent(stat.inode(), i -> path));
          line.append(' ').append(stat.size()).append(' ').append(content(dir, entry.name(), stat));
        }
        case SYMLINK -> line.append(" -> ").append(dir.readlink(entry.name()));
        case CHARACTER, BLOCK ->
            line.append(' ').append(stat.rdevMajor()).append(',').append(stat.rdevMinor());
        case DIRECTORY, FIFO, SOCKET -> {}
      }
      dir.xattrs(entry.name())
          .forEach(
              (k, v) -> line.append(' ').append(k).append('=').append(HexFormat.of().formatHex(v)));
      lines.put(path, line.toString());
      if (entry.type() == FileType.DIRECTORY) {
        try (TreeDir below = dir.open(entry.name())) {
          walk(below, lines, inodes);
        }
      }
    }
  }

  private static int content(TreeDir dir, RawPath name, Stat stat) throws IOException {
    byte[] bytes = new byte[(int) stat.size()];
    try (OpenFile file = dir.read(name)) {
      file.readFully(MemorySegment.ofArray(bytes), 0);
    }
    return Arrays.hashCode(bytes);
  }
}
