package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.linux.file.StatList;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names what a scanned folder holds by all that its list of files tells. The kernel sets the time
 * of a file's change at every write, change of mode, owner, attribute or links, and nobody can set
 * it back, so that equal lists mean equal files; but within the clock's grain two changes may have
 * one time. A directory's hash holds those of the directories in it. Belongs to one thread.
 */
final class LocalState {
  /**
   * A file changed this short before it was looked at may change again without its times telling.
   */
  static final long RACY_SECONDS = 2;

  private static final int HASH = 32;

  private final MessageDigest digest = sha256();
  private final byte[] buffer = new byte[32 << 10];
  private final long settled;

  /**
   * @param settled files changed before this are, in seconds since 1970
   */
  LocalState(long settled) {
    this.settled = settled;
  }

  /** The hash of a directory; null where a file in it or below is not settled. */
  byte @Nullable [] of(StatList files, Map<Integer, LocalFolder> below) {
    int at = 0;
    for (int i = 0; i < files.size(); i++) {
      if (!LocalFolder.counts(files, below, i)) {
        continue;
      }
      LocalFolder folder = files.type(i) == FileType.DIRECTORY ? below.get(i) : null;
      byte[] inner = folder == null ? null : folder.state();
      if (files.changed(i) >= settled || (folder != null && inner == null)) {
        digest.reset();
        return null;
      }
      byte[] name = files.name(i).bytes();
      if (buffer.length - at < Integer.BYTES + name.length + StatList.IDENTITY + HASH) {
        digest.update(buffer, 0, at);
        at = 0;
      }
      // The mode tells whether a hash follows; a symlink's target is its inode's.
      at = number(name.length, at);
      System.arraycopy(name, 0, buffer, at, name.length);
      at = files.identity(i, buffer, at + name.length);
      if (inner != null) {
        System.arraycopy(inner, 0, buffer, at, HASH);
        at += HASH;
      }
    }
    digest.update(buffer, 0, at);
    return digest.digest();
  }

  private int number(int value, int at) {
    for (int i = 0; i < Integer.BYTES; i++) {
      buffer[at + i] = (byte) (value >>> 8 * i);
    }
    return at + Integer.BYTES;
  }

  /** The name of a folder, {@code top}, with what is in it; null where not all is settled. */
  @Nullable String name(Stat top, LocalFolder folder) {
    byte[] inner = folder.state();
    if (inner == null || Math.max(top.ctime().seconds(), top.mtime().seconds()) >= settled) {
      return null;
    }
    ByteBuffer own = ByteBuffer.allocate(44);
    own.putInt(top.mode()).putLong(top.device()).putLong(top.inode());
    own.putLong(top.mtime().seconds()).putInt(top.mtime().nanos());
    own.putLong(top.ctime().seconds()).putInt(top.ctime().nanos());
    digest.update(own.flip());
    return LocalTree.SCOPE + ":" + HexFormat.of().formatHex(digest.digest(inner));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
