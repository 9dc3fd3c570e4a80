package dev.obdbuild.builder.session.sync;

import com.google.protobuf.ByteString;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.protos.fsutil.Stat;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Reads the list of files that a transfer begins with, and accepts only what a walk of a folder
 * yields: clean paths, parents first, siblings in order, hard links to files seen before.
 */
final class StatOrder {
  static final int MOST_FILES = 2_000_000;
  private static final int LONGEST_PATH = 4096;
  private static final int LONGEST_NAME = 255;
  private static final int MOST_XATTRS = 128;
  private static final int LARGEST_XATTR = 64 << 10;

  private static final class Open {
    final String path;
    String last = "";

    Open(String path) {
      this.path = path;
    }
  }

  private final Deque<Open> open = new ArrayDeque<>();
  private final Set<RawPath> files = new HashSet<>();
  private int count;

  StatOrder() {
    open.push(new Open(""));
  }

  /** The next file; without content. */
  SyncEntry next(Stat stat) throws MalformedPacketException {
    if (++count > MOST_FILES) {
      throw new MalformedPacketException("more than " + MOST_FILES + " files");
    }
    RawPath path = path(stat.getPath(), "path");
    FileType type = GoMode.type(stat.getMode());
    order(path, type);
    if (stat.getSize() < 0) {
      throw new MalformedPacketException("/" + path + " has " + stat.getSize() + " bytes");
    }
    RawPath link = link(stat, path, type);
    if (type == FileType.REGULAR && link.isEmpty()) {
      files.add(path);
    }
    boolean device = type == FileType.CHARACTER || type == FileType.BLOCK;
    return new SyncEntry(
        path,
        type,
        GoMode.permissions(stat.getMode()),
        Integer.toUnsignedLong(stat.getUid()),
        Integer.toUnsignedLong(stat.getGid()),
        type == FileType.REGULAR ? stat.getSize() : 0,
        stat.getModTime(),
        link,
        device ? number(stat.getDevmajor(), path) : 0,
        device ? number(stat.getDevminor(), path) : 0,
        xattrs(stat, path),
        0,
        SyncEntry.NO_HASH);
  }

  private static RawPath path(String text, String what) throws MalformedPacketException {
    if (text.indexOf('\0') >= 0) {
      throw new MalformedPacketException(what + " with a NUL byte");
    }
    RawPath path = RawPath.of(text);
    if (path.isEmpty() || path.latin1().length() > LONGEST_PATH || !path.clean().equals(path)) {
      throw new MalformedPacketException(
          what + " '" + shown(text) + "' is not a clean relative path");
    }
    return path;
  }

  private static String shown(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "...";
  }

  private void order(RawPath path, FileType type) throws MalformedPacketException {
    String latin1 = path.latin1();
    int slash = latin1.lastIndexOf('/');
    String parent = slash < 0 ? "" : latin1.substring(0, slash);
    String name = latin1.substring(slash + 1);
    if (name.length() > LONGEST_NAME) {
      throw new MalformedPacketException("a name of " + name.length() + " bytes in " + path);
    }
    while (!open.getFirst().path.equals(parent)) {
      open.pop();
      if (open.isEmpty()) {
        throw new MalformedPacketException("/" + path + " comes before its folder or out of order");
      }
    }
    Open folder = open.getFirst();
    if (folder.last.compareTo(name) >= 0) {
      throw new MalformedPacketException(
          "/" + path + " comes after " + new RawPath(folder.last) + ", out of order");
    }
    folder.last = name;
    if (type == FileType.DIRECTORY) {
      open.push(new Open(latin1));
    }
  }

  private RawPath link(Stat stat, RawPath path, FileType type) throws MalformedPacketException {
    String text = stat.getLinkname();
    if (type == FileType.SYMLINK) {
      if (text.isEmpty() || text.indexOf('\0') >= 0 || text.length() > LONGEST_PATH) {
        throw new MalformedPacketException("/" + path + " is a symbolic link to no path");
      }
      return RawPath.of(text);
    }
    if (text.isEmpty() || type != FileType.REGULAR) {
      return RawPath.EMPTY;
    }
    RawPath target = path(text, "hard link target");
    if (!files.contains(target)) {
      throw new MalformedPacketException(
          "/" + path + " is a hard link to /" + target + ", which was not listed before");
    }
    return target;
  }

  private static int number(long value, RawPath path) throws MalformedPacketException {
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new MalformedPacketException("/" + path + " has the device number " + value);
    }
    return (int) value;
  }

  private static Map<String, byte[]> xattrs(Stat stat, RawPath path)
      throws MalformedPacketException {
    if (stat.getXattrsCount() == 0) {
      return Map.of();
    }
    if (stat.getXattrsCount() > MOST_XATTRS) {
      throw new MalformedPacketException(
          "/" + path + " has " + stat.getXattrsCount() + " extended attributes");
    }
    Map<String, byte[]> all = new HashMap<>();
    for (Map.Entry<String, ByteString> xattr : stat.getXattrsMap().entrySet()) {
      String name = xattr.getKey();
      if (name.isEmpty()
          || name.length() > LONGEST_NAME
          || name.indexOf('\0') >= 0
          || xattr.getValue().size() > LARGEST_XATTR) {
        throw new MalformedPacketException("/" + path + " has an impossible extended attribute");
      }
      all.put(name, xattr.getValue().toByteArray());
    }
    return Map.copyOf(all);
  }
}
