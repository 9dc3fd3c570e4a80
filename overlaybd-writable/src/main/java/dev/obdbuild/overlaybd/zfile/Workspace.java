package dev.obdbuild.overlaybd.zfile;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * What one read needs: memory for stored bytes and for one block, a decompressor, a checksum. For
 * one thread at a time.
 */
final class Workspace implements AutoCloseable {
  /** Every block's checksum starts from this. */
  static final int CRC_START = 100007;

  private final BlockDecompressor decompressor;
  private final RawCrc32c crc = new RawCrc32c(CRC_START);
  private final MemorySegment block;
  private MemorySegment stored;
  private ByteBuffer storedBytes;

  Workspace(Codec codec, int blockSize) {
    this.decompressor = codec.decompressor();
    this.block = Arena.ofAuto().allocate(blockSize, 64);
    this.stored = Arena.ofAuto().allocate(blockSize + (blockSize >> 2), 64);
    this.storedBytes = stored.asByteBuffer();
  }

  MemorySegment stored(int length) {
    if (length > stored.byteSize()) {
      stored = Arena.ofAuto().allocate(length + (length >> 2), 64);
      storedBytes = stored.asByteBuffer();
    }
    return stored.asSlice(0, length);
  }

  MemorySegment storedPart(int at, int length) {
    return stored.asSlice(at, length);
  }

  MemorySegment block(int size) {
    return block.asSlice(0, size);
  }

  /**
   * Fills {@code target} from one stored block; returns what is wrong with the block, or nothing.
   */
  String expand(int at, int length, boolean checksum, MemorySegment target) {
    int bytes = length;
    if (checksum) {
      bytes -= Integer.BYTES;
      crc.reset();
      crc.update(storedBytes.limit(at + bytes).position(at));
      int expected = stored.get(ZFileIndex.INT, (long) at + bytes);
      if (crc.value() != expected) {
        return String.format("checksum expected 0x%08x, found 0x%08x", expected, crc.value());
      }
    }
    try {
      int got = decompressor.decompress(stored.asSlice(at, bytes), target);
      return got == target.byteSize()
          ? ""
          : "expands to " + got + " bytes, expected " + target.byteSize();
    } catch (IOException e) {
      return e.getMessage() == null ? e.toString() : e.getMessage();
    }
  }

  @Override
  public void close() {
    decompressor.close();
  }
}
