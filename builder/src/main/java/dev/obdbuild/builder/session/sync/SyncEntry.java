package dev.obdbuild.builder.session.sync;

import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.RawPath;
import java.util.Arrays;
import java.util.Map;

/**
 * One file of a transferred folder.
 *
 * @param path clean, not empty
 * @param modified nanoseconds since 1970
 * @param link target of a symlink, path of the file that a hard link joins, else empty
 * @param content where the bytes are, see {@link Place}; 0 where there are none
 * @param sha256 of the bytes; empty where there are none
 */
@SuppressWarnings("ArrayRecordComponent")
record SyncEntry(
    RawPath path,
    FileType type,
    int permissions,
    long uid,
    long gid,
    long size,
    long modified,
    RawPath link,
    int major,
    int minor,
    Map<String, byte[]> xattrs,
    long content,
    byte[] sha256) {
  static final byte[] NO_HASH = {};

  /** Whether its bytes are transferred. */
  boolean hasContent() {
    return type == FileType.REGULAR && link.isEmpty();
  }

  boolean isHardLink() {
    return type == FileType.REGULAR && !link.isEmpty();
  }

  SyncEntry withContent(long number, long bytes, byte[] hash) {
    return new SyncEntry(
        path,
        type,
        permissions,
        uid,
        gid,
        bytes,
        modified,
        link,
        major,
        minor,
        xattrs,
        number,
        hash);
  }

  /** Whether {@code other}, which is newly told of, is this one unchanged. */
  boolean isStill(SyncEntry other) {
    return type == other.type
        && permissions == other.permissions
        && uid == other.uid
        && gid == other.gid
        && (size == other.size || isHardLink())
        && modified == other.modified
        && link.equals(other.link)
        && major == other.major
        && minor == other.minor
        && path.equals(other.path)
        && same(xattrs, other.xattrs);
  }

  private static boolean same(Map<String, byte[]> one, Map<String, byte[]> other) {
    return one.size() == other.size()
        && one.entrySet().stream()
            .allMatch(e -> Arrays.equals(e.getValue(), other.get(e.getKey())));
  }
}
