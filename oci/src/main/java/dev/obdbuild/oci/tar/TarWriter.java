package dev.obdbuild.oci.tar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * Writes a tar archive: ustar headers, with a PAX header before an entry that does not fit one,
 * sparse files in form 1.0. Equal entries give equal bytes. Not thread-safe. {@link #close} writes
 * the end of the archive and closes the stream.
 */
public final class TarWriter implements AutoCloseable {
  private static final long MAX_OCTAL_11 = 077777777777L;
  private static final long MAX_OCTAL_7 = 07777777L;

  private final OutputStream out;
  private long left;
  private long padding;
  private String current = "";

  /**
   * @param out should be buffered
   */
  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /**
   * Starts an entry; exactly {@link TarEntry#storedSize} bytes are to be {@link #write written}
   * before the next.
   *
   * @throws IllegalStateException if the content of the entry before is not complete
   * @throws IllegalArgumentException if the entry cannot be told in a tar archive
   */
  public void add(TarEntry entry) throws IOException {
    finishEntry();
    current = entry.nameText();
    byte[] map = entry.extents().isEmpty() ? new byte[0] : sparseMap(entry);
    long stored = entry.storedSize() + map.length;
    TreeMap<String, byte[]> pax = new TreeMap<>();
    byte[] header = header(entry, stored, pax);
    if (!pax.isEmpty()) {
      writePax(entry, pax);
    }
    out.write(header);
    out.write(map);
    left = entry.storedSize();
    padding = TarReader.padding(left);
  }

  /** Adds an entry with its whole content, which is not closed. */
  public void add(TarEntry entry, InputStream content) throws IOException {
    add(entry);
    byte[] buffer = new byte[64 << 10];
    int n;
    while ((n = content.read(buffer)) >= 0) {
      write(buffer, 0, n);
    }
  }

  /** Writes content of the entry that was added last. */
  public void write(byte[] bytes, int from, int length) throws IOException {
    if (length > left) {
      throw new IllegalArgumentException(
          current
              + " was given more content than its entry says: "
              + length
              + " bytes where "
              + left
              + " were left");
    }
    out.write(bytes, from, length);
    left -= length;
  }

  /** A stream into the content of the entry that was added last; closing it does nothing. */
  public OutputStream content() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        TarWriter.this.write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        TarWriter.this.write(bytes, from, length);
      }
    };
  }

  /**
   * Writes the end of the archive and leaves the stream open: for whoever tells a broken archive by
   * a stream that was never closed.
   */
  public void finish() throws IOException {
    finishEntry();
    out.write(new byte[2 * TarInput.BLOCK]);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    try (out) {
      finish();
    }
  }

  private void finishEntry() throws IOException {
    if (left > 0) {
      throw new IllegalStateException("the content of " + current + " lacks " + left + " bytes");
    }
    out.write(new byte[(int) padding]);
    padding = 0;
  }

  private static byte[] header(TarEntry entry, long stored, TreeMap<String, byte[]> pax) {
    HeaderWriter header = new HeaderWriter(pax);
    String name = entry.name();
    if (!entry.extents().isEmpty()) {
      pax.put("GNU.sparse.major", ascii("1"));
      pax.put("GNU.sparse.minor", ascii("0"));
      pax.put("GNU.sparse.name", ascii(name));
      pax.put("GNU.sparse.realsize", ascii(Long.toString(entry.size())));
      int slash = name.lastIndexOf('/');
      name = name.substring(0, slash + 1) + "GNUSparseFile.0/" + name.substring(slash + 1);
    }
    header.name(name);
    header.text(157, 100, "linkpath", entry.linkName());
    header.octal(100, 8, entry.mode() & 07777);
    header.number(108, 8, MAX_OCTAL_7, "uid", entry.uid());
    header.number(116, 8, MAX_OCTAL_7, "gid", entry.gid());
    header.number(124, 12, MAX_OCTAL_11, "size", stored);
    header.time(entry.mtime(), MAX_OCTAL_11);
    entry.atime().ifPresent(time -> pax.put("atime", ascii(time.format())));
    header.text(265, 32, "uname", entry.userName());
    header.text(297, 32, "gname", entry.groupName());
    header.octal(329, 8, entry.devMajor());
    header.octal(337, 8, entry.devMinor());
    entry.xattrs().forEach((key, value) -> pax.put(PaxRecords.XATTR + key, value));
    return header.finish(typeFlag(entry.type()));
  }

  private void writePax(TarEntry entry, TreeMap<String, byte[]> pax) throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    pax.forEach((key, value) -> PaxRecords.write(key, value, records));
    if (records.size() > TarReader.MAX_EXTENSION) {
      throw new IllegalArgumentException(
          entry.nameText()
              + " has attributes and names of "
              + records.size()
              + " bytes; the limit is "
              + TarReader.MAX_EXTENSION);
    }
    HeaderWriter header = new HeaderWriter(new TreeMap<>());
    String name = entry.name().replaceAll("/+$", "");
    name = name.substring(name.lastIndexOf('/') + 1);
    header.text(0, 100, "path", "PaxHeaders.0/" + name.substring(0, Math.min(name.length(), 80)));
    header.octal(100, 8, 0644);
    header.octal(108, 8, 0);
    header.octal(116, 8, 0);
    header.octal(124, 12, records.size());
    header.octal(136, 12, 0);
    out.write(header.finish('x'));
    records.writeTo(out);
    out.write(new byte[(int) TarReader.padding(records.size())]);
  }

  private static byte[] sparseMap(TarEntry entry) {
    List<Extent> extents = new ArrayList<>(entry.extents());
    if (extents.getLast().end() < entry.size()) {
      // Without it GNU tar makes the file end where its last piece ends.
      extents.add(new Extent(entry.size(), 0));
    }
    StringBuilder map = new StringBuilder().append(extents.size()).append('\n');
    extents.forEach(e -> map.append(e.offset()).append('\n').append(e.length()).append('\n'));
    byte[] text = ascii(map.toString());
    return Arrays.copyOf(text, text.length + (int) TarReader.padding(text.length));
  }

  private static char typeFlag(TarEntry.Type type) {
    return switch (type) {
      case FILE -> '0';
      case HARD_LINK -> '1';
      case SYMLINK -> '2';
      case CHARACTER_DEVICE -> '3';
      case BLOCK_DEVICE -> '4';
      case DIRECTORY -> '5';
      case FIFO -> '6';
    };
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
