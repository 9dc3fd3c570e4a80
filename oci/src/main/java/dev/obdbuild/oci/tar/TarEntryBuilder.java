package dev.obdbuild.oci.tar;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a {@link TarEntry} part by part. Not thread-safe. */
public final class TarEntryBuilder {
  private final TarEntry.Type type;
  private final String name;
  private String linkName = "";
  private int mode;
  private long uid;
  private long gid;
  private String userName = "";
  private String groupName = "";
  private long size;
  private TarTime mtime = TarTime.EPOCH;
  private Optional<TarTime> atime = Optional.empty();
  private int devMajor;
  private int devMinor;
  private final Map<String, byte[]> xattrs = new LinkedHashMap<>();
  private List<Extent> extents = List.of();

  TarEntryBuilder(TarEntry.Type type, String name) {
    this.type = type;
    this.name = name;
    this.mode = type == TarEntry.Type.DIRECTORY ? 0755 : 0644;
  }

  public TarEntryBuilder linkName(String value) {
    linkName = value;
    return this;
  }

  public TarEntryBuilder mode(int value) {
    mode = value;
    return this;
  }

  public TarEntryBuilder owner(long user, long group) {
    uid = user;
    gid = group;
    return this;
  }

  public TarEntryBuilder ownerNames(String user, String group) {
    userName = user;
    groupName = group;
    return this;
  }

  /** Size in bytes, holes included. */
  public TarEntryBuilder size(long value) {
    size = value;
    return this;
  }

  public TarEntryBuilder mtime(TarTime value) {
    mtime = value;
    return this;
  }

  public TarEntryBuilder atime(TarTime value) {
    atime = Optional.of(value);
    return this;
  }

  public TarEntryBuilder device(int major, int minor) {
    devMajor = major;
    devMinor = minor;
    return this;
  }

  public TarEntryBuilder xattr(String attribute, byte[] value) {
    xattrs.put(attribute, value.clone());
    return this;
  }

  /** What is stored of a sparse file, ascending. */
  public TarEntryBuilder extents(List<Extent> value) {
    extents = value;
    return this;
  }

  /** The entry. */
  public TarEntry build() {
    return new TarEntry(
        type, name, linkName, mode, uid, gid, userName, groupName, size, mtime, atime, devMajor,
        devMinor, xattrs, extents, 0);
  }
}
