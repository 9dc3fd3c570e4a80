package dev.obdbuild.oci.tar;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One entry of a tar archive. Strings hold one char per byte (ISO-8859-1).
 *
 * @param name as stored: may be absolute, have {@code ..} or end in a slash; who unpacks sees to it
 * @param linkName target of a hard or symbolic link, else empty
 * @param mode permission bits, at most 07777
 * @param size of the file in bytes, holes included; 0 for everything but files
 * @param xattrs extended attributes; the arrays are not to be changed
 * @param extents of a sparse file, ascending; empty if the file is not sparse; a file that is one
 *     hole has one empty extent
 * @param offset of the entry's own header in the archive; 0 when it was not read from one
 */
public record TarEntry(
    Type type,
    String name,
    String linkName,
    int mode,
    long uid,
    long gid,
    String userName,
    String groupName,
    long size,
    TarTime mtime,
    Optional<TarTime> atime,
    int devMajor,
    int devMinor,
    Map<String, byte[]> xattrs,
    List<Extent> extents,
    long offset) {
  /** What an entry is. */
  public enum Type {
    FILE,
    HARD_LINK,
    SYMLINK,
    CHARACTER_DEVICE,
    BLOCK_DEVICE,
    DIRECTORY,
    FIFO
  }

  public TarEntry {
    xattrs = Collections.unmodifiableMap(new LinkedHashMap<>(xattrs));
    extents = List.copyOf(extents);
  }

  /**
   * A builder of an entry that was not read from an archive: mode 0644 (directories 0755), owner 0,
   * 1970.
   */
  public static TarEntryBuilder builder(Type type, String name) {
    return new TarEntryBuilder(type, name);
  }

  /** The name for people: its bytes as UTF-8. */
  public String nameText() {
    return text(name);
  }

  /**
   * Bytes of content that the archive stores for the entry: those of the extents if it is sparse.
   */
  public long storedSize() {
    return extents.isEmpty() ? size : extents.stream().mapToLong(Extent::length).sum();
  }

  /** {@code bytes}, one char per byte, decoded as UTF-8. */
  public static String text(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** {@code text} as UTF-8, one char per byte: the form of names here. */
  public static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
