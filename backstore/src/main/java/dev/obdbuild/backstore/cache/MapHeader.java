package dev.obdbuild.backstore.cache;

import dev.obdbuild.linux.file.OpenFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** The part of a map file that says what it is a map of; where its other parts lie. */
record MapHeader(long blobSize) {

  /** Size of the header; the bits follow. */
  static final int BYTES = 64;

  static final long GENERATION_AT = 40;
  static final long FLAGS_AT = 48;

  /** The whole blob was hashed and is right. */
  static final long VERIFIED = 1;

  /** Some process has it open, or died while it had. */
  static final long OPEN = 2;

  private static final int IDENTITY = 40;
  private static final byte[] MAGIC = "OBDBLKS2".getBytes(StandardCharsets.US_ASCII);
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  /** Blobs of 32 TiB have more blocks than an int counts. */
  private static final long MAX_BLOB = (long) Integer.MAX_VALUE / 2 * BlockCache.BLOCK;

  static MapHeader of(long blobSize) throws IOException {
    if (blobSize < 0 || blobSize > MAX_BLOB) {
      throw new IOException("a blob of " + blobSize + " bytes is too large for the block cache");
    }
    return new MapHeader(blobSize);
  }

  /** The header of a map that counts and is whole; nothing if it is not. */
  static Optional<MapHeader> read(Path path) throws IOException {
    try (OpenFile file = OpenFile.read(path)) {
      byte[] found = start(file);
      long size = ByteBuffer.wrap(found).order(ByteOrder.LITTLE_ENDIAN).getLong(16);
      if (size < 0 || size > MAX_BLOB) {
        return Optional.empty();
      }
      MapHeader header = new MapHeader(size);
      return header.fits(file) ? Optional.of(header) : Optional.empty();
    }
  }

  /** Whether a file is a whole map of this blob, written since the host was started. */
  boolean fits(OpenFile file) throws IOException {
    return Arrays.equals(start(file), 0, IDENTITY, bytes(), 0, IDENTITY)
        && file.stat().size() == fileBytes();
  }

  private static byte[] start(OpenFile file) throws IOException {
    byte[] found = new byte[BYTES];
    MemorySegment segment = MemorySegment.ofArray(found);
    for (int done = 0, n = 1; done < BYTES && n > 0; done += n) {
      n = file.read(segment.asSlice(done), done);
    }
    return found;
  }

  byte[] bytes() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC).putInt(BlockCache.BLOCK).putInt(BlockCache.EXTENT).putLong(blobSize);
    String boot = Files.readString(BOOT_ID).strip().replace("-", "");
    header.putLong(Long.parseUnsignedLong(boot.substring(0, 16), 16));
    header.putLong(Long.parseUnsignedLong(boot.substring(16), 16));
    return header.array();
  }

  int blocks() {
    return (int) ((blobSize + BlockCache.BLOCK - 1) / BlockCache.BLOCK);
  }

  int extents() {
    return (blocks() + BlockCache.EXTENT - 1) / BlockCache.EXTENT;
  }

  /** Where the uses of extents lie: behind the bits, at a multiple of 8. */
  long heatAt() {
    return BYTES + (blocks() + 63L) / 64 * 8;
  }

  int fileBytes() {
    return Math.toIntExact(heatAt() + (long) extents() * Long.BYTES);
  }
}
