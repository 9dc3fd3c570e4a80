package dev.obdbuild.snapshots.unpack;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.UnixTime;
import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import dev.obdbuild.oci.tar.TarEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Gives unpacked files what their entries say. The order counts: chown takes setuid bits and
 * capabilities away, so mode and extended attributes come after it, times last.
 */
final class Attributes {
  private static final int MOST_DROPPED = 100;

  private final List<String> dropped = new ArrayList<>();

  List<String> dropped() {
    return dropped;
  }

  void set(OpenFile file, TarEntry entry, Owner owner) throws IOException {
    file.chown(owner);
    file.chmod(entry.mode());
    for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
      supported(entry, xattr, file::setXattr);
    }
    UnixTime mtime = LayerApply.time(entry);
    file.times(atime(entry, mtime), mtime);
  }

  void set(Dir parent, RawPath name, TarEntry entry, Owner owner, boolean hasMode)
      throws IOException {
    parent.chown(name, owner);
    if (hasMode) {
      parent.chmod(name, entry.mode());
    }
    xattrs(parent, name, entry);
    UnixTime mtime = LayerApply.time(entry);
    parent.times(name, atime(entry, mtime), mtime);
  }

  void xattrs(Dir parent, RawPath name, TarEntry entry) throws IOException {
    for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
      supported(entry, xattr, (key, value) -> parent.setXattr(name, key, value));
    }
  }

  void xattrs(Dir dir, TarEntry entry) throws IOException {
    for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
      supported(entry, xattr, dir::setXattr);
    }
  }

  /** Removes what a lower layer gave the directory and this entry does not repeat. */
  void removeOthers(Dir dir, TarEntry entry) throws IOException {
    Set<String> wanted = new TreeSet<>();
    entry.xattrs().keySet().forEach(key -> wanted.add(TarEntry.text(key)));
    for (String key : dir.xattrs().keySet()) {
      if (!wanted.contains(key)) {
        dir.removeXattr(key);
      }
    }
  }

  private interface Setting {
    void set(String key, byte[] value) throws IOException;
  }

  private void supported(TarEntry entry, Map.Entry<String, byte[]> xattr, Setting setting)
      throws IOException {
    String key = TarEntry.text(xattr.getKey());
    try {
      setting.set(key, xattr.getValue());
    } catch (LinuxException e) {
      if (!e.is(Errno.EOPNOTSUPP)) {
        throw e;
      }
      if (dropped.size() < MOST_DROPPED) {
        dropped.add(entry.nameText() + ": " + key);
      }
    }
  }

  private static UnixTime atime(TarEntry entry, UnixTime mtime) {
    return entry.atime().map(t -> new UnixTime(t.seconds(), t.nanos())).orElse(mtime);
  }
}
