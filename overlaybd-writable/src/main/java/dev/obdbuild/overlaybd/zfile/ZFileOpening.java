package dev.obdbuild.overlaybd.zfile;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.FormatException;
import java.io.IOException;
import java.util.Optional;

/** Finds the header that counts and checks what it says against the file. */
final class ZFileOpening {
  private static final long MAX_ENTRIES = 1_000_000_000;

  private final BlockFile file;
  private final String layer;

  ZFileOpening(BlockFile file, String layer) {
    this.file = file;
    this.layer = layer;
  }

  /**
   * A checked description of the file.
   *
   * @param doubt the trailer's digest was wrong while all that can be cross-checked was right: the
   *     error to throw unless the length of the last block is proven by decoding it
   */
  record Opened(
      ZFileHeader header, Codec codec, ZFileIndex index, Optional<FormatException> doubt) {}

  Opened open() throws IOException {
    ZFileHeader.Read first = ZFileHeader.read(file, 0, layer, "ZFile header");
    ZFileHeader header = first.header();
    require(header, ZFileHeader.HEADER, ZFileHeader.HEADER, "ZFile header", 0);
    if (!first.trusted()) {
      throw wrongDigest(first, "ZFile header", 0);
    }
    if (header.has(ZFileHeader.FINAL_HEADER)) {
      return opened(header, "ZFile header", 0, Optional.empty());
    }
    long trailerAt = file.size() - ZFileHeader.BYTES;
    ZFileHeader.Read last = ZFileHeader.read(file, trailerAt, layer, "ZFile trailer");
    int kind = ZFileHeader.HEADER | ZFileHeader.DATA_FILE | ZFileHeader.SEALED;
    require(
        last.header(),
        kind,
        ZFileHeader.DATA_FILE | ZFileHeader.SEALED,
        "ZFile trailer",
        trailerAt);
    // The original never checks this digest. A wrong digest alone harms nobody if all it covers is
    // proven otherwise.
    Optional<FormatException> doubt =
        last.trusted()
            ? Optional.empty()
            : Optional.of(wrongDigest(last, "ZFile trailer", trailerAt));
    if (doubt.isPresent() && !last.header().sameKind(header)) {
      throw doubt.get();
    }
    return opened(last.header(), "ZFile trailer", trailerAt, doubt);
  }

  /** By the trailer alone; nothing unless it is there, its digest is right and it fits the file. */
  Optional<Opened> openByTrailer() throws IOException {
    long trailerAt = file.size() - ZFileHeader.BYTES;
    ZFileHeader.Read last = ZFileHeader.read(file, trailerAt, layer, "ZFile trailer");
    ZFileHeader trailer = last.header();
    int kind = ZFileHeader.HEADER | ZFileHeader.DATA_FILE | ZFileHeader.SEALED;
    boolean plain =
        (trailer.flags() & kind) == (ZFileHeader.DATA_FILE | ZFileHeader.SEALED)
            && trailer.has(ZFileHeader.DIGEST)
            && last.trusted()
            && (trailerAt - trailer.indexOffset()) == trailer.indexEntries() * Integer.BYTES;
    return plain
        ? Optional.of(opened(trailer, "ZFile trailer", trailerAt, Optional.empty()))
        : Optional.empty();
  }

  private void require(ZFileHeader header, int mask, int expected, String structure, long offset)
      throws FormatException {
    if ((header.flags() & mask) != expected) {
      throw new FormatException(
          layer,
          structure,
          offset + 32,
          String.format(
              "flags are 0x%02x, expected 0x%02x in the bits 0x%02x",
              header.flags(), expected, mask));
    }
  }

  private FormatException wrongDigest(ZFileHeader.Read read, String structure, long offset) {
    return new FormatException(
        layer,
        structure,
        offset + 28,
        String.format("digest is 0x%08x, the bytes have 0x%08x", read.digest(), read.computed()));
  }

  private Opened opened(
      ZFileHeader header, String structure, long offset, Optional<FormatException> doubt)
      throws IOException {
    if (!ZFileOptions.validBlockSize(header.blockSize())) {
      throw new FormatException(
          layer,
          structure,
          offset + 72,
          "block size "
              + Integer.toUnsignedString(header.blockSize())
              + " is no power of two from 4096 to 65536");
    }
    Codec codec = codec(header, structure, offset);
    if (header.dictSize() != 0) {
      throw new FormatException(
          layer,
          structure,
          offset + 84,
          "dictionary of "
              + Integer.toUnsignedString(header.dictSize())
              + " bytes, none is supported");
    }
    long entries = header.indexEntries();
    if (entries < 0 || entries > MAX_ENTRIES) {
      throw new FormatException(
          layer,
          structure,
          offset + 48,
          "index has "
              + Long.toUnsignedString(entries)
              + " entries, at most "
              + MAX_ENTRIES
              + " are allowed");
    }
    if (header.indexOffset() < ZFileHeader.BYTES
        || header.indexOffset() > file.size()
        || entries * Integer.BYTES > file.size() - header.indexOffset()) {
      throw new FormatException(
          layer,
          structure,
          offset + 40,
          "index of "
              + entries
              + " entries at "
              + Long.toUnsignedString(header.indexOffset())
              + " is outside the file of "
              + file.size()
              + " bytes");
    }
    long size = header.originalSize();
    if (size < 0
        || size / header.blockSize() + (size % header.blockSize() == 0 ? 0 : 1) != entries) {
      throw new FormatException(
          layer,
          structure,
          offset + 56,
          "original size "
              + Long.toUnsignedString(size)
              + " does not make "
              + entries
              + " blocks of "
              + header.blockSize());
    }
    return new Opened(header, codec, ZFileIndex.read(file, header, codec, layer), doubt);
  }

  private Codec codec(ZFileHeader header, String structure, long offset) throws FormatException {
    for (Codec codec : Codec.values()) {
      if (codec.id() == header.codec()) {
        return codec;
      }
    }
    throw new FormatException(
        layer,
        structure,
        offset + 76,
        "unknown codec " + header.codec() + ", known are 1 (LZ4) and 2 (zstd)");
  }
}
