package dev.obdbuild.builder.session;

import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.TreeDir;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Trees as values that tests can compare. */
final class TreeText {
  private TreeText() {}

  static byte[] bytes(FileTree tree, String path) throws IOException {
    try (OpenFile file = tree.read(RawPath.of(path))) {
      byte[] bytes = new byte[(int) file.stat().size()];
      if (bytes.length > 0) {
        file.readFully(MemorySegment.ofArray(bytes), 0);
      }
      return bytes;
    }
  }

  /** A line for each file: path, mode, owner, size, time, link target, content. */
  static List<String> lines(FileTree tree) throws IOException {
    List<String> lines = new ArrayList<>();
    try (TreeDir top = tree.top()) {
      add(tree, top, lines);
    }
    return lines;
  }

  private static void add(FileTree tree, TreeDir dir, List<String> lines) throws IOException {
    for (DirEntry entry : dir.list()) {
      Stat stat = dir.stat(entry.name());
      RawPath path = dir.path().child(entry.name());
      String tail =
          switch (stat.type()) {
            case SYMLINK -> "-> " + dir.readlink(entry.name());
            case REGULAR -> stat.size() + " " + java.util.Arrays.hashCode(bytes(tree, path.text()));
            default -> "";
          };
      lines.add(
          path
              + " "
              + Integer.toOctalString(stat.mode())
              + " "
              + stat.owner()
              + " "
              + stat.mtime()
              + " "
              + tail);
      if (stat.isDirectory()) {
        try (TreeDir below = dir.open(entry.name())) {
          add(tree, below, lines);
        }
      }
    }
  }
}
