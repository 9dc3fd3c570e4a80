package dev.obdbuild.snapshots.diff;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;

/**
 * Something found in a folder. Valid until the visitor's call that was given it returns.
 *
 * @param path relative to the folder; empty for the folder itself
 * @param parent the open directory it is in (the folder itself for the empty path); not to be
 *     closed
 */
public record TreeEntry(RawPath path, Stat stat, Dir parent) {
  /** Opens it for reading, a regular file; the caller closes it. */
  public OpenFile open() throws IOException {
    return parent.openRead(path.name());
  }

  /** What it holds, a symbolic link. */
  public RawPath readlink() throws IOException {
    return parent.readlink(path.name());
  }

  /** Its extended attributes, sorted by name. */
  public Map<String, byte[]> xattrs() throws IOException {
    return path.isEmpty() ? parent.xattrs() : parent.xattrs(path.name());
  }

  /** Whether both have equal extended attributes. */
  public boolean sameXattrs(TreeEntry other) throws IOException {
    Map<String, byte[]> mine = xattrs();
    Map<String, byte[]> theirs = other.xattrs();
    return mine.keySet().equals(theirs.keySet())
        && mine.entrySet().stream()
            .allMatch(e -> Arrays.equals(e.getValue(), theirs.get(e.getKey())));
  }
}
