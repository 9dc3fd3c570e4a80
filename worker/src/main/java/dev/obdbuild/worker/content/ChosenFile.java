package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One file that counts for a digest.
 *
 * @param label where it will be, as far as the source decides that
 * @param real where it is
 * @param target of a symlink
 * @param sha256 of a regular file's bytes, where it is known without reading them
 */
@SuppressWarnings("ArrayRecordComponent")
record ChosenFile(
    RawPath label,
    RawPath real,
    Stat stat,
    Map<String, byte[]> xattrs,
    @Nullable RawPath target,
    byte @Nullable [] sha256) {

  boolean needsReading() {
    return stat.isRegular() && sha256 == null;
  }

  /**
   * Adds all but the times to {@code digest}; {@code content} is the hash of a regular file's
   * bytes, else empty.
   */
  void addTo(MessageDigest digest, byte[] content) {
    field(digest, label.bytes());
    // A symlink's own mode means nothing and differs between filesystems.
    int permissions = stat.isSymlink() ? 0777 : stat.permissions();
    field(
        digest,
        (stat.type()
                + " "
                + Integer.toOctalString(permissions)
                + " "
                + stat.owner().uid()
                + ":"
                + stat.owner().gid()
                + " "
                + stat.rdevMajor()
                + ":"
                + stat.rdevMinor())
            .getBytes(StandardCharsets.UTF_8));
    field(digest, target == null ? new byte[0] : target.bytes());
    field(digest, content);
    Map<String, byte[]> sorted = xattrs.isEmpty() ? xattrs : new TreeMap<>(xattrs);
    for (Map.Entry<String, byte[]> xattr : sorted.entrySet()) {
      if (xattr.getKey().equals(ContentDigest.HOST_LABEL)) {
        continue;
      }
      field(digest, xattr.getKey().getBytes(StandardCharsets.UTF_8));
      field(digest, xattr.getValue());
    }
    field(digest, new byte[0]);
  }

  /** With its length before it, so that no two lists of fields give the same bytes. */
  private static void field(MessageDigest digest, byte[] bytes) {
    digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
    digest.update(bytes);
  }
}
