package dev.obdbuild.snapshots.unpack;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** One line of text per file of a tree, all that tests compare. */
public final class Listings {
  private Listings() {}

  public static Map<String, String> of(Path folder) throws IOException {
    Map<String, String> lines = new TreeMap<>();
    try (Root root = Root.open(folder);
        Dir top = root.dir(RawPath.EMPTY)) {
      walk(top, lines);
    }
    return lines;
  }

  private static void walk(Dir dir, Map<String, String> lines) throws IOException {
    for (DirEntry entry : dir.list()) {
      RawPath path = dir.path().child(entry.name());
      Stat stat = dir.stat(entry.name());
      String line =
          "%s %o %d:%d %d"
              .formatted(
                  stat.type(),
                  stat.permissions(),
                  stat.owner().uid(),
                  stat.owner().gid(),
                  stat.mtime().seconds());
      line +=
          switch (stat.type()) {
            case REGULAR ->
                " links "
                    + stat.links()
                    + " "
                    + stat.size()
                    + " "
                    + sha256(dir, entry.name(), stat);
            case SYMLINK -> " -> " + dir.readlink(entry.name());
            case CHARACTER, BLOCK -> " " + stat.rdevMajor() + "," + stat.rdevMinor();
            case DIRECTORY, FIFO, SOCKET -> "";
          };
      for (Map.Entry<String, byte[]> xattr : dir.xattrs(entry.name()).entrySet()) {
        line += " " + xattr.getKey() + "=" + HexFormat.of().formatHex(xattr.getValue());
      }
      lines.put(path.text(), line);
      if (stat.type() == FileType.DIRECTORY) {
        try (Dir below = dir.openDir(entry.name())) {
          walk(below, lines);
        }
      }
    }
  }

  private static String sha256(Dir dir, RawPath name, Stat stat) throws IOException {
    byte[] bytes = new byte[(int) stat.size()];
    try (OpenFile file = dir.openRead(name)) {
      file.readFully(MemorySegment.ofArray(bytes), 0);
    }
    return sha256(bytes);
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
