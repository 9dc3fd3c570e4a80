package dev.obdbuild.builder.session.sync;

import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.RawPath;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * The list of a copied folder's files, as a file: a header (magic, boot id, key, state, number of
 * entries, bytes of content), the entries in order, a CRC-32C of all before it. Big-endian; strings
 * and arrays with their length before them. It is written beside and renamed but not synced: after
 * the machine has stopped it counts for nothing, since the contents were not synced either.
 */
final class IndexFile {
  private static final long MAGIC = 0x4f42_4453_594e_4333L;

  /**
   * What stands before the entries.
   *
   * @param state see {@link KnownState}; empty where none is known
   */
  record Header(String key, String state, int files, long bytes) {}

  record Index(Header header, List<SyncEntry> entries) {}

  private IndexFile() {}

  /** The whole of it; empty when there is none that counts. */
  static Optional<Index> read(Path file, String boot) throws IOException {
    CRC32C sum = new CRC32C();
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        DataInputStream in = new DataInputStream(new CheckedInputStream(raw, sum))) {
      Optional<Header> header = header(in, boot);
      if (header.isEmpty()) {
        return Optional.empty();
      }
      List<SyncEntry> entries = new ArrayList<>();
      for (int i = 0; i < header.get().files(); i++) {
        entries.add(entry(in));
      }
      long computed = sum.getValue();
      return in.readLong() == computed
          ? Optional.of(new Index(header.get(), entries))
          : Optional.empty();
    } catch (NoSuchFileException | java.io.EOFException | IllegalArgumentException e) {
      // Damaged counts as absent: all files are then asked for again.
      return Optional.empty();
    }
  }

  /** The header alone; empty when there is none that counts. */
  static Optional<Header> header(Path file, String boot) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 4096))) {
      return header(in, boot);
    } catch (NoSuchFileException | java.io.EOFException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Header> header(DataInputStream in, String boot) throws IOException {
    if (in.readLong() != MAGIC || !text(in).equals(boot)) {
      return Optional.empty();
    }
    String key = text(in);
    String state = text(in);
    int files = in.readInt();
    return files < 0 || files > StatOrder.MOST_FILES
        ? Optional.empty()
        : Optional.of(new Header(key, state, files, in.readLong()));
  }

  static void write(Path file, String boot, Header header, List<SyncEntry> entries)
      throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    CRC32C sum = new CRC32C();
    try (OutputStream raw = new BufferedOutputStream(Files.newOutputStream(beside), 1 << 16);
        DataOutputStream out = new DataOutputStream(new CheckedOutputStream(raw, sum))) {
      out.writeLong(MAGIC);
      text(out, boot);
      text(out, header.key());
      text(out, header.state());
      out.writeInt(entries.size());
      out.writeLong(header.bytes());
      for (SyncEntry entry : entries) {
        entry(out, entry);
      }
      out.writeLong(sum.getValue());
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void entry(DataOutputStream out, SyncEntry entry) throws IOException {
    bytes(out, entry.path().bytes());
    out.writeByte(entry.type().ordinal());
    out.writeShort(entry.permissions());
    out.writeInt((int) entry.uid());
    out.writeInt((int) entry.gid());
    out.writeLong(entry.size());
    out.writeLong(entry.modified());
    bytes(out, entry.link().bytes());
    out.writeInt(entry.major());
    out.writeInt(entry.minor());
    out.writeShort(entry.xattrs().size());
    for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
      text(out, xattr.getKey());
      bytes(out, xattr.getValue());
    }
    out.writeLong(entry.content());
    bytes(out, entry.sha256());
  }

  private static SyncEntry entry(DataInputStream in) throws IOException {
    RawPath path = RawPath.ofBytes(bytes(in));
    int type = in.readUnsignedByte();
    if (type >= FileType.values().length) {
      throw new IllegalArgumentException("file type " + type);
    }
    int permissions = in.readUnsignedShort();
    long uid = Integer.toUnsignedLong(in.readInt());
    long gid = Integer.toUnsignedLong(in.readInt());
    long size = in.readLong();
    long modified = in.readLong();
    RawPath link = RawPath.ofBytes(bytes(in));
    int major = in.readInt();
    int minor = in.readInt();
    Map<String, byte[]> xattrs = new HashMap<>();
    int count = in.readUnsignedShort();
    for (int i = 0; i < count; i++) {
      String name = text(in);
      xattrs.put(name, bytes(in));
    }
    return new SyncEntry(
        path,
        FileType.values()[type],
        permissions,
        uid,
        gid,
        size,
        modified,
        link,
        major,
        minor,
        Map.copyOf(xattrs),
        in.readLong(),
        bytes(in));
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    bytes(out, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(bytes(in), StandardCharsets.UTF_8);
  }

  private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > 1 << 20) {
      throw new IllegalArgumentException("length " + length);
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }
}
