package dev.obdbuild.overlaybd.lsmt;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.FormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Reads and checks header, trailer and index of a sealed layer. */
final class LayerOpening {
  /** The original reader refuses more; so nothing larger is ever written. */
  static final long MAX_RECORDS = 1_000_000;

  private static final int INDEX_STEP = 64 << 10;

  private LayerOpening() {}

  static Layer open(BlockFile file, String name) throws IOException {
    checkHeader(file, name);
    return openByTrailer(file, name);
  }

  static Layer openByTrailer(BlockFile file, String name) throws IOException {
    LsmtHeader trailer = trailer(file, name);
    SegmentIndex index = index(file, trailer, name, new Target(0, 0));
    return layer(file, trailer, index, name);
  }

  static Layer openTurbo(BlockFile meta, BlockFile target, String name) throws IOException {
    checkHeader(meta, name);
    LsmtHeader trailer = trailer(meta, name);
    JoinedFile joined = new JoinedFile(meta, target);
    long targetSectors = (target.size() + Sectors.SIZE - 1) / Sectors.SIZE;
    SegmentIndex index =
        index(meta, trailer, name, new Target(joined.secondStart() / Sectors.SIZE, targetSectors));
    return layer(joined, trailer, index, name);
  }

  private static Layer layer(BlockFile file, LsmtHeader trailer, SegmentIndex index, String name) {
    return new Layer(
        name,
        trailer.virtualSize(),
        trailer.uuid(),
        trailer.parentUuid(),
        trailer.userTag(),
        index,
        file);
  }

  private static void checkHeader(BlockFile file, String name) throws IOException {
    LsmtHeader header = LsmtHeader.read(file, 0, name, "LSMT header");
    int kind = LsmtHeader.HEADER | LsmtHeader.DATA_FILE;
    header.requireFlags(kind, kind, name, "LSMT header", 0);
  }

  private static LsmtHeader trailer(BlockFile file, String name) throws IOException {
    int kind = LsmtHeader.HEADER | LsmtHeader.DATA_FILE;
    long trailerAt = file.size() - Sectors.HEADER_BYTES;
    if (trailerAt < Sectors.HEADER_BYTES) {
      throw new FormatException(
          name,
          "LSMT trailer",
          Math.max(0, trailerAt),
          "the layer is " + file.size() + " bytes long, header and trailer need 8192");
    }
    LsmtHeader trailer = LsmtHeader.read(file, trailerAt, name, "LSMT trailer");
    trailer.requireFlags(
        kind | LsmtHeader.SEALED,
        LsmtHeader.DATA_FILE | LsmtHeader.SEALED,
        name,
        "LSMT trailer",
        trailerAt);
    checkIndexPlace(trailer, trailerAt, name);
    if (trailer.virtualSize() < 0 || trailer.virtualSize() >> Sectors.SHIFT > Sectors.MAX_SECTOR) {
      throw new FormatException(
          name,
          "LSMT trailer",
          trailerAt + LsmtHeader.VIRTUAL_SIZE_AT,
          "virtual size "
              + Long.toUnsignedString(trailer.virtualSize())
              + " is beyond 2^50 sectors");
    }
    return trailer;
  }

  private static void checkIndexPlace(LsmtHeader trailer, long trailerAt, String name)
      throws FormatException {
    long records = trailer.indexRecords();
    long offset = trailer.indexOffset();
    if (records < 0 || records > MAX_RECORDS) {
      throw new FormatException(
          name,
          "LSMT trailer",
          trailerAt + 40,
          "index has "
              + Long.toUnsignedString(records)
              + " records, at most "
              + MAX_RECORDS
              + " are allowed");
    }
    if (offset < Sectors.HEADER_BYTES || offset > trailerAt) {
      throw new FormatException(
          name,
          "LSMT trailer",
          trailerAt + 32,
          "index offset "
              + Long.toUnsignedString(offset)
              + " is not between the header and the trailer at "
              + trailerAt);
    }
    if (records * Records.BYTES > trailerAt - offset) {
      throw new FormatException(
          name,
          "LSMT trailer",
          trailerAt + 40,
          "index of "
              + records
              + " records at "
              + offset
              + " overlaps the trailer at "
              + trailerAt);
    }
  }

  /**
   * Where records with tag 1 of a turboOCI layer point: {@code sectors} = 0 means the layer is an
   * ordinary one.
   */
  private record Target(long firstSector, long sectors) {}

  private static SegmentIndex index(BlockFile file, LsmtHeader trailer, String name, Target target)
      throws IOException {
    long records = trailer.indexRecords();
    SegmentBuilder out = new SegmentBuilder((int) records, false);
    long dataEnd = trailer.indexOffset() / Sectors.SIZE;
    file.expect(trailer.indexOffset(), records * Records.BYTES);
    byte[] buffer = new byte[(int) Math.min(INDEX_STEP, records * Records.BYTES)];
    for (long done = 0; done < records; ) {
      int count = (int) Math.min(INDEX_STEP / Records.BYTES, records - done);
      MemorySegment part = MemorySegment.ofArray(buffer).asSlice(0, (long) count * Records.BYTES);
      long at = trailer.indexOffset() + done * Records.BYTES;
      file.read(at, part);
      for (int i = 0; i < count; i++) {
        long first = part.get(Records.WORD, (long) i * Records.BYTES);
        long second = part.get(Records.WORD, (long) i * Records.BYTES + 8);
        if (!Records.padding(first)) {
          boolean remote = target.sectors() > 0 && Records.tag(second) == 1;
          String wrong =
              remote
                  ? RecordCheck.problem(first, second, 0, target.sectors())
                  : RecordCheck.problem(first, second, Sectors.FIRST_DATA, dataEnd);
          if (wrong.isEmpty() && Records.sector(first) < out.end()) {
            wrong =
                "starts at sector "
                    + Records.sector(first)
                    + ", before the end "
                    + out.end()
                    + " of the one before it";
          }
          if (!wrong.isEmpty()) {
            throw new FormatException(
                name, "LSMT record " + (done + i), at + (long) i * Records.BYTES, wrong);
          }
          long map = Records.fileSector(second) + (remote ? target.firstSector() : 0);
          out.add(
              Records.sector(first),
              Records.length(first),
              Records.zeroed(second) ? map | SegmentIndex.ZEROED : map,
              0);
        }
      }
      done += count;
    }
    return out.build();
  }
}
