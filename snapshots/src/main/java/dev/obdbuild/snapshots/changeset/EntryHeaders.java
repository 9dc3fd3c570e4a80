package dev.obdbuild.snapshots.changeset;

import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.linux.file.UnixTime;
import dev.obdbuild.oci.tar.TarEntry;
import dev.obdbuild.oci.tar.TarEntryBuilder;
import dev.obdbuild.oci.tar.TarTime;
import dev.obdbuild.snapshots.diff.TreeEntry;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes the tar entries of files. */
final class EntryHeaders {
  /** A label is the host's business, not the image's. */
  private static final String LABEL = "security.selinux";

  private final Optional<TarTime> date;
  private final boolean older;

  /**
   * @param epoch the time that files modified later get
   * @param older whether files modified earlier get it too
   */
  EntryHeaders(Optional<Instant> epoch, boolean older) {
    this.date = epoch.map(e -> new TarTime(e.getEpochSecond(), e.getNano()));
    this.older = older;
  }

  /** The entry of anything but a socket. */
  TarEntry of(TreeEntry entry) throws IOException {
    Stat stat = entry.stat();
    TarEntryBuilder builder = common(type(stat), name(entry), stat);
    switch (stat.type()) {
      case REGULAR -> builder.size(stat.size());
      case SYMLINK -> builder.linkName(entry.readlink().latin1());
      case CHARACTER, BLOCK -> builder.device(stat.rdevMajor(), stat.rdevMinor());
      case DIRECTORY, FIFO, SOCKET -> {}
    }
    xattrs(entry).forEach((key, value) -> builder.xattr(TarEntry.bytes(key), value));
    return builder.build();
  }

  /** One more name of the file that {@code target} is in the same archive. */
  TarEntry hardLink(RawPath path, Stat stat, RawPath target) {
    return common(TarEntry.Type.HARD_LINK, path.latin1(), stat).linkName(target.latin1()).build();
  }

  /** A removal; its time is 1970 as BuildKit has it. */
  TarEntry whiteout(RawPath path) {
    return TarEntry.builder(TarEntry.Type.FILE, path.latin1()).mode(0).build();
  }

  /** The attributes that belong to the image. */
  Map<String, byte[]> xattrs(TreeEntry entry) throws IOException {
    Map<String, byte[]> all = entry.xattrs();
    if (!all.containsKey(LABEL)) {
      return all;
    }
    Map<String, byte[]> some = new TreeMap<>(all);
    some.remove(LABEL);
    return some;
  }

  private TarEntryBuilder common(TarEntry.Type type, String name, Stat stat) {
    return TarEntry.builder(type, name)
        .mode(stat.permissions())
        .owner(stat.owner().uid(), stat.owner().gid())
        .mtime(time(stat.mtime()));
  }

  private TarTime time(UnixTime mtime) {
    TarTime time = new TarTime(mtime.seconds(), mtime.nanos());
    return date.filter(d -> older || later(time, d)).orElse(time);
  }

  private static boolean later(TarTime time, TarTime than) {
    return time.seconds() > than.seconds()
        || (time.seconds() == than.seconds() && time.nanos() > than.nanos());
  }

  private static String name(TreeEntry entry) {
    if (entry.path().isEmpty()) {
      return "./";
    }
    return entry.stat().isDirectory() ? entry.path().latin1() + "/" : entry.path().latin1();
  }

  private static TarEntry.Type type(Stat stat) {
    return switch (stat.type()) {
      case REGULAR -> TarEntry.Type.FILE;
      case DIRECTORY -> TarEntry.Type.DIRECTORY;
      case SYMLINK -> TarEntry.Type.SYMLINK;
      case CHARACTER -> TarEntry.Type.CHARACTER_DEVICE;
      case BLOCK -> TarEntry.Type.BLOCK_DEVICE;
      case FIFO -> TarEntry.Type.FIFO;
      case SOCKET -> throw new IllegalArgumentException("a socket is no part of an archive");
    };
  }
}
