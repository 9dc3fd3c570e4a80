package dev.obdbuild.oci.tar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar archive (ustar, PAX, GNU) entry by entry. Extension headers are bounded ({@link
 * #MAX_EXTENSION} bytes each) and applied; what they say wins over the header. Not thread-safe.
 * Closes the stream it was given.
 */
public final class TarReader implements AutoCloseable {
  /** Largest extension header accepted, in bytes. */
  public static final int MAX_EXTENSION = 4 << 20;

  private final TarInput in;
  private PaxRecords global;
  private TarContent content;
  private boolean ended;

  /**
   * @param in positioned at the first header; need not be buffered
   * @param name names the archive in errors
   */
  public TarReader(InputStream in, String name) {
    this.in = new TarInput(in, name);
    this.global = new PaxRecords(this.in);
    this.content = new TarContent(this.in, 0, "");
  }

  /**
   * The next entry; what is left of the content of the one before is skipped. Empty at the end of
   * the archive, which is two blocks of zeros, one, or the end of the stream.
   *
   * @throws MalformedTarException if there is something that is no entry
   */
  public Optional<TarEntry> next() throws IOException {
    content.skipRest();
    @Nullable String longName = null;
    @Nullable String longLink = null;
    PaxRecords pax = global.copy();
    boolean extended = false;
    while (!ended) {
      Optional<HeaderBlock> header = header();
      if (header.isEmpty()) {
        if (extended) {
          throw in.malformed(in.offset(), "the archive ends after an extension header");
        }
        ended = true;
        break;
      }
      HeaderBlock block = header.get();
      switch (block.type()) {
        case 'x' -> {
          byte[] body = extension(block, "a PAX header");
          pax.parse(body, block.offset() + TarInput.BLOCK);
          extended = true;
        }
        case 'g' -> {
          global = global.copy();
          byte[] body = extension(block, "a global PAX header");
          global.parse(body, block.offset() + TarInput.BLOCK);
          pax = global.copy();
        }
        case 'L' -> {
          longName = cString(extension(block, "a long name"));
          extended = true;
        }
        case 'K' -> {
          longLink = cString(extension(block, "a long link name"));
          extended = true;
        }
        case 'V' -> content(block, size(block, pax)).skipRest();
        default -> {
          return Optional.of(entry(block, pax, longName, longLink));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The stored bytes of the entry that {@link #next} gave last; of a sparse file those of its
   * extents, in order. Closing it does nothing.
   */
  public InputStream content() {
    return content;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private Optional<HeaderBlock> header() throws IOException {
    byte[] block = new byte[TarInput.BLOCK];
    long offset = in.offset();
    if (!in.readBlock(block) || HeaderBlock.isZero(block)) {
      return Optional.empty();
    }
    HeaderBlock header = new HeaderBlock(block, offset, in);
    header.verifyChecksum();
    return Optional.of(header);
  }

  private byte[] extension(HeaderBlock block, String what) throws IOException {
    long size = block.number(124, 12, "size");
    if (size < 0 || size > MAX_EXTENSION) {
      throw in.malformed(
          block.offset(), what + " of " + size + " bytes; the limit is " + MAX_EXTENSION);
    }
    byte[] body = in.readFully((int) size, what);
    in.skip(padding(size), what);
    return body;
  }

  private TarEntry entry(
      HeaderBlock block, PaxRecords pax, @Nullable String longName, @Nullable String longLink)
      throws IOException {
    long at = block.offset();
    String headerName = Objects.requireNonNullElse(longName, block.name());
    String name = pax.text("path").orElse(headerName);
    String link =
        pax.text("linkpath").orElse(Objects.requireNonNullElse(longLink, block.linkName()));
    TarEntry.Type type = type(block, headerName);
    long stored = type == TarEntry.Type.FILE ? size(block, pax) : 0;
    long size = stored;
    List<Extent> extents = List.of();
    if (type == TarEntry.Type.FILE) {
      boolean oldGnu = block.type() == 'S';
      boolean paxSparse =
          pax.text("GNU.sparse.major").isPresent() || pax.text("GNU.sparse.size").isPresent();
      if (oldGnu || paxSparse) {
        size =
            oldGnu
                ? block.number(483, 12, "real size")
                : pax.number("GNU.sparse.realsize", pax.number("GNU.sparse.size", 0, at), at);
        if (size < 0) {
          throw in.malformed(at, "a sparse file has the size " + size);
        }
        name = pax.text("GNU.sparse.name").orElse(name);
        SparseMap map = new SparseMap(in, at, size);
        long taken = readMap(map, oldGnu, block, pax, stored);
        extents = map.finish(stored - taken);
        content(block, stored - taken);
      } else {
        content(block, stored);
      }
    } else {
      content(block, 0);
    }
    return checked(
        new TarEntry(
            type,
            name,
            type == TarEntry.Type.HARD_LINK || type == TarEntry.Type.SYMLINK ? link : "",
            (int) (block.number(100, 8, "mode") & 07777),
            pax.number("uid", block.number(108, 8, "uid"), at),
            pax.number("gid", block.number(116, 8, "gid"), at),
            pax.text("uname").orElse(block.userName()),
            pax.text("gname").orElse(block.groupName()),
            size,
            pax.time("mtime", at).orElse(new TarTime(block.number(136, 12, "mtime"), 0)),
            atime(block, pax),
            device(block, type, 329, "device major"),
            device(block, type, 337, "device minor"),
            pax.xattrs(),
            extents,
            at));
  }

  private long readMap(
      SparseMap map, boolean oldGnu, HeaderBlock block, PaxRecords pax, long stored)
      throws IOException {
    if (oldGnu) {
      map.readOldGnu(block);
      return 0;
    }
    if (pax.text("GNU.sparse.major").orElse("0").equals("1")) {
      return map.readContentMap(stored, pax);
    }
    Optional<String> text = pax.text("GNU.sparse.map");
    List<String> numbers =
        text.isPresent() ? List.of(text.get().split(",")) : pax.sparsePairs(block.offset());
    map.readNumbers(numbers, pax);
    return 0;
  }

  private TarEntry checked(TarEntry entry) throws MalformedTarException {
    if (entry.name().isEmpty() || entry.name().indexOf('\0') >= 0) {
      throw in.malformed(entry.offset(), "the entry's name is empty or has a NUL byte");
    }
    if (entry.linkName().indexOf('\0') >= 0) {
      throw in.malformed(
          entry.offset(), "the link target of " + entry.nameText() + " has a NUL byte");
    }
    if (entry.uid() < 0 || entry.gid() < 0) {
      throw in.malformed(
          entry.offset(), entry.nameText() + " has the owner " + entry.uid() + ":" + entry.gid());
    }
    return entry;
  }

  private static Optional<TarTime> atime(HeaderBlock block, PaxRecords pax)
      throws MalformedTarException {
    Optional<TarTime> atime = pax.time("atime", block.offset());
    return atime.isPresent() ? atime : block.gnuAtime();
  }

  private int device(HeaderBlock block, TarEntry.Type type, int at, String what)
      throws MalformedTarException {
    if (type != TarEntry.Type.CHARACTER_DEVICE && type != TarEntry.Type.BLOCK_DEVICE) {
      return 0;
    }
    long number = block.number(at, 8, what);
    if (number < 0 || number > 0xfffff) {
      throw in.malformed(block.offset() + at, what + " is " + number);
    }
    return (int) number;
  }

  private TarEntry.Type type(HeaderBlock block, String name) throws MalformedTarException {
    return switch (block.type()) {
      case '\0', '0', '7' ->
          !block.isUstar() && !block.isGnu() && name.endsWith("/")
              ? TarEntry.Type.DIRECTORY
              : TarEntry.Type.FILE;
      case 'S' -> TarEntry.Type.FILE;
      case '1' -> TarEntry.Type.HARD_LINK;
      case '2' -> TarEntry.Type.SYMLINK;
      case '3' -> TarEntry.Type.CHARACTER_DEVICE;
      case '4' -> TarEntry.Type.BLOCK_DEVICE;
      case '5' -> TarEntry.Type.DIRECTORY;
      case '6' -> TarEntry.Type.FIFO;
      default ->
          throw in.malformed(
              block.offset() + 156,
              TarEntry.text(name)
                  + " is of type 0x"
                  + Integer.toHexString(block.type())
                  + ", which is not known");
    };
  }

  private long size(HeaderBlock block, PaxRecords pax) throws MalformedTarException {
    long size = pax.number("size", block.number(124, 12, "size"), block.offset());
    if (size < 0) {
      throw in.malformed(
          block.offset() + 124, TarEntry.text(block.name()) + " has the size " + size);
    }
    return size;
  }

  private TarContent content(HeaderBlock block, long stored) {
    content = new TarContent(in, stored, TarEntry.text(block.name()));
    return content;
  }

  private static String cString(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
  }

  static long padding(long size) {
    return -size & (TarInput.BLOCK - 1);
  }
}
