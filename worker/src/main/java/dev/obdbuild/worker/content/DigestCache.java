package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.linux.file.UnixTime;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Remembers digests of files, and of choices of files, that have not changed since. Thread-safe.
 */
public interface DigestCache {
  /** Remembers nothing. */
  DigestCache NONE =
      new DigestCache() {
        @Override
        public byte @Nullable [] find(Key key) {
          return null;
        }

        @Override
        public void put(Key key, byte[] sha256) {}

        @Override
        public void flush() {}

        @Override
        public boolean isReady() {
          return true;
        }
      };

  /**
   * What identifies one state of one file.
   *
   * @param scope see {@link FileTree#scope}
   */
  record Key(String scope, long device, long inode, long size, UnixTime mtime, UnixTime ctime) {
    static Key of(FileTree tree, Stat stat) {
      // A snapshot is mounted under another device number every time; its scope stands for it.
      long device = tree.scope().equals(LocalTree.SCOPE) ? stat.device() : 0;
      return new Key(tree.scope(), device, stat.inode(), stat.size(), stat.mtime(), stat.ctime());
    }

    /** What a selection chooses of a whole tree, see {@link FileTree#state}. */
    static Key of(String state, Selection selection) {
      UnixTime never = new UnixTime(0, 0);
      return new Key(state + " " + selection.name(), 0, 0, 0, never, never);
    }
  }

  /** The 32 bytes remembered, or null. */
  byte @Nullable [] find(Key key) throws IOException;

  /** Remembers; may keep it in memory until {@link #flush}. */
  void put(Key key, byte[] sha256) throws IOException;

  /** Makes what was put last longer than this process, as far as that is meant. */
  void flush() throws IOException;

  /** Whether a question is answered at once; else the first one waits until much has been read. */
  boolean isReady() throws IOException;
}
