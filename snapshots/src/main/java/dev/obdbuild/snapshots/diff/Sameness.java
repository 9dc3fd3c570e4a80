package dev.obdbuild.snapshots.diff;

import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.linux.file.UnixTime;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether an entry of the lower folder and one of the upper are the same. Belongs to one thread.
 */
final class Sameness implements AutoCloseable {
  private static final int BUFFER = 256 << 10;

  private final Optional<Instant> history;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment left = arena.allocate(BUFFER);
  private final MemorySegment right = arena.allocate(BUFFER);

  Sameness(Optional<Instant> history) {
    this.history = history;
  }

  /** Whether inodes mean something and these are two; numbers are given out again. */
  boolean otherInode(Stat lower, Stat upper) {
    return history.isPresent()
        && (lower.inode() != upper.inode() || !lower.birth().equals(upper.birth()));
  }

  /** Whether metadata and content are the same; of directories the metadata only. */
  boolean same(TreeEntry lower, TreeEntry upper) throws IOException {
    Stat was = lower.stat();
    Stat is = upper.stat();
    if (!sameStat(was, is)) {
      return false;
    }
    if (otherInode(was, is)) {
      // Made anew. Whether it is equal is not worth reading it: the layer holds it anyway.
      return false;
    }
    if (history.isPresent()
        && was.ctime().equals(is.ctime())
        && before(is.ctime(), history.get())) {
      return true;
    }
    return upper.sameXattrs(lower) && sameContent(lower, upper);
  }

  private static boolean sameStat(Stat was, Stat is) {
    return was.type() == is.type()
        && was.permissions() == is.permissions()
        && was.owner().equals(is.owner())
        && was.mtime().equals(is.mtime())
        && was.rdevMajor() == is.rdevMajor()
        && was.rdevMinor() == is.rdevMinor()
        && (was.isDirectory() || was.size() == is.size());
  }

  private static boolean before(UnixTime time, Instant moment) {
    return time.seconds() < moment.getEpochSecond()
        || (time.seconds() == moment.getEpochSecond() && time.nanos() < moment.getNano());
  }

  private boolean sameContent(TreeEntry lower, TreeEntry upper) throws IOException {
    FileType type = upper.stat().type();
    if (type == FileType.SYMLINK) {
      return lower.readlink().equals(upper.readlink());
    }
    return type != FileType.REGULAR || sameBytes(lower, upper);
  }

  private boolean sameBytes(TreeEntry lower, TreeEntry upper) throws IOException {
    long size = upper.stat().size();
    try (OpenFile was = lower.open();
        OpenFile is = upper.open()) {
      for (long at = 0; at < size; at += BUFFER) {
        long length = Math.min(BUFFER, size - at);
        was.readFully(left.asSlice(0, length), at);
        is.readFully(right.asSlice(0, length), at);
        if (left.asSlice(0, length).mismatch(right.asSlice(0, length)) >= 0) {
          return false;
        }
      }
    }
    return true;
  }

  @Override
  public void close() {
    arena.close();
  }
}
