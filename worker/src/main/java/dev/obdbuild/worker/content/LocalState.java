package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.Stat;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Names what a scanned folder holds by all that its list of files tells. The kernel sets the time
 * of a file's change at every write, change of mode, owner, attribute or links, and nobody can set
 * it back, so that equal lists mean equal files; but within the clock's grain two changes may have
 * one time.
 */
final class LocalState {
  /**
   * A file changed this short before it was looked at may change again without its times telling.
   */
  static final long RACY_SECONDS = 2;

  private static final int NUMBERS = 72;

  private final MessageDigest digest;
  private final long settled;
  private ByteBuffer buffer = ByteBuffer.allocate(64 << 10);

  private LocalState(MessageDigest digest, long settled) {
    this.digest = digest;
    this.settled = settled;
  }

  /**
   * The name of what is at {@code top} and below.
   *
   * @param begun when the scan began, in seconds since 1970
   * @return null where a file changed too short before that
   */
  static @Nullable String of(LocalNode top, long begun) {
    try {
      LocalState state = new LocalState(MessageDigest.getInstance("SHA-256"), begun - RACY_SECONDS);
      if (!state.add(top)) {
        return null;
      }
      state.digest.update(state.buffer.flip());
      return LocalTree.SCOPE + ":" + HexFormat.of().formatHex(state.digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean add(LocalNode node) {
    Stat stat = node.stat();
    if (Math.max(stat.ctime().seconds(), stat.mtime().seconds()) >= settled) {
      return false;
    }
    byte[] name = node.name().bytes();
    room(NUMBERS + name.length);
    // The number of children tells where a directory ends; a symlink's target is its inode's.
    buffer.putInt(node.children().size()).putInt(name.length).put(name).putInt(stat.mode());
    buffer.putLong(stat.device()).putLong(stat.inode()).putLong(stat.size());
    buffer.putLong(stat.mtime().seconds()).putInt(stat.mtime().nanos());
    buffer.putLong(stat.ctime().seconds()).putInt(stat.ctime().nanos());
    for (LocalNode child : node.children()) {
      if (!add(child)) {
        return false;
      }
    }
    return true;
  }

  private void room(int bytes) {
    if (buffer.remaining() < bytes) {
      digest.update(buffer.flip());
      buffer.clear();
    }
  }
}
