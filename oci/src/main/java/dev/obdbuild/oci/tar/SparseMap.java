package dev.obdbuild.oci.tar;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The extents of a sparse file being read, in any of GNU tar's four forms, checked as they come.
 */
final class SparseMap {
  /**
   * More pieces than this are refused: a file of 8 GiB whose every second 4 KiB block is a hole has
   * as many.
   */
  static final int MAX_EXTENTS = 1 << 20;

  private final List<Extent> extents = new ArrayList<>();
  private final TarInput in;
  private final long header;
  private final long size;
  private long end;
  private int pairs;

  /**
   * @param header offset of the entry's header, for errors
   * @param size of the file, holes included
   */
  SparseMap(TarInput in, long header, long size) {
    this.in = in;
    this.header = header;
    this.size = size;
  }

  /** Old GNU: four pairs in the header, more in extension blocks of 21 that follow it. */
  void readOldGnu(HeaderBlock block) throws IOException {
    HeaderBlock at = block;
    boolean more = addPairs(at, 386, 4) && block.bytes()[482] != 0;
    while (more) {
      byte[] next = new byte[TarInput.BLOCK];
      long offset = in.offset();
      if (!in.readBlock(next)) {
        throw in.malformed(offset, "the archive ends within a sparse map");
      }
      at = new HeaderBlock(next, offset, in);
      more = addPairs(at, 0, 21) && next[504] != 0;
    }
  }

  /** Adds up to {@code count} pairs; false at the first empty one, which ends the map. */
  private boolean addPairs(HeaderBlock block, int from, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      int at = from + 24 * i;
      if (block.bytes()[at] == 0 && block.bytes()[at + 12] == 0) {
        return false;
      }
      add(block.number(at, 12, "sparse offset"), block.number(at + 12, 12, "sparse length"));
    }
    return true;
  }

  /** PAX 0.0 and 0.1: offsets and lengths by turns. */
  void readNumbers(List<String> numbers, PaxRecords pax) throws IOException {
    if (numbers.size() % 2 != 0) {
      throw in.malformed(header, "the sparse map has an odd number of fields, " + numbers.size());
    }
    for (int i = 0; i < numbers.size(); i += 2) {
      add(
          pax.decimal(numbers.get(i), "sparse offset", header),
          pax.decimal(numbers.get(i + 1), "sparse length", header));
    }
  }

  /**
   * PAX 1.0: decimal lines at the start of the content, padded to a block.
   *
   * @param stored size of the content with the map
   * @return bytes of the content that the map took
   */
  long readContentMap(long stored, PaxRecords pax) throws IOException {
    long start = in.offset();
    Lines lines = new Lines(stored);
    long count = pax.decimal(lines.next(), "number of sparse extents", start);
    if (count > MAX_EXTENTS) {
      throw in.malformed(
          start, "the sparse map has " + count + " extents, the limit is " + MAX_EXTENTS);
    }
    for (long i = 0; i < count; i++) {
      add(
          pax.decimal(lines.next(), "sparse offset", start),
          pax.decimal(lines.next(), "sparse length", start));
    }
    return in.offset() - start;
  }

  private void add(long offset, long length) throws MalformedTarException {
    if (offset < end || length < 0 || length > size || offset > size - length) {
      throw in.malformed(
          header,
          "sparse extent of "
              + length
              + " bytes at "
              + offset
              + " overlaps the one before (it ends at "
              + end
              + ") or leaves the file of "
              + size
              + " bytes");
    }
    if (++pairs > MAX_EXTENTS) {
      throw in.malformed(header, "the sparse map has more than " + MAX_EXTENTS + " extents");
    }
    end = offset + length;
    if (length > 0) {
      extents.add(new Extent(offset, length));
    }
  }

  /** The extents, whose lengths must sum up to {@code stored}. */
  List<Extent> finish(long stored) throws MalformedTarException {
    long sum = extents.stream().mapToLong(Extent::length).sum();
    if (sum != stored) {
      throw in.malformed(
          header, "the sparse map tells of " + sum + " stored bytes, the archive stores " + stored);
    }
    return extents.isEmpty() ? List.of(new Extent(size, 0)) : List.copyOf(extents);
  }

  /** Lines of digits from the content, read block by block. */
  private final class Lines {
    private final long limit;
    private byte[] block = new byte[0];
    private int at;
    private long taken;

    Lines(long limit) {
      this.limit = limit;
    }

    String next() throws IOException {
      StringBuilder line = new StringBuilder();
      while (true) {
        if (at == block.length) {
          fill();
        }
        byte b = block[at++];
        if (b == '\n') {
          return line.toString();
        }
        line.append((char) (b & 0xff));
        if (line.length() > 20) {
          throw in.malformed(
              in.offset() - block.length + at, "a line of the sparse map has more than 20 digits");
        }
      }
    }

    private void fill() throws IOException {
      taken += TarInput.BLOCK;
      if (taken > limit) {
        throw in.malformed(
            in.offset(),
            "the sparse map is longer than the entry's content of " + limit + " bytes");
      }
      block = in.readFully(TarInput.BLOCK, "a sparse map");
      at = 0;
    }
  }
}
