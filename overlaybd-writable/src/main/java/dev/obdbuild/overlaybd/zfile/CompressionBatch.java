package dev.obdbuild.overlaybd.zfile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Some blocks on their way: bytes in, stored bytes and lengths out. Passed between threads, used by
 * one at a time.
 */
final class CompressionBatch implements AutoCloseable {
  private static final int BYTES = 512 << 10;

  /** The original reader's buffer for one stored block. */
  private static final int MAX_STORED = 64 << 10;

  private final int blockSize;
  private final boolean checksum;
  private final int bound;
  private final MemorySegment in;
  private final MemorySegment out;
  private final ByteBuffer outBytes;
  private final int[] lengths;
  private final BlockCompressor compressor;
  private final RawCrc32c crc = new RawCrc32c(Workspace.CRC_START);
  private int filled;
  private int storedBytes;
  private long firstBlock;

  /** Its memory lives in {@code arena}. */
  CompressionBatch(ZFileOptions options, Arena arena) {
    this.blockSize = options.blockSize();
    this.checksum = options.checksum();
    this.bound = options.codec().bound(blockSize);
    int most = BYTES / blockSize;
    this.lengths = new int[most];
    this.in = arena.allocate(BYTES, 4096);
    this.out = arena.allocate((long) most * (bound + Integer.BYTES), 4096);
    this.outBytes = out.asByteBuffer();
    this.compressor = options.codec().compressor(options.level());
  }

  /** Where the next bytes go; empty if this is full. */
  MemorySegment room() {
    return in.asSlice(filled);
  }

  void filled(long bytes) {
    filled += (int) bytes;
  }

  boolean full() {
    return filled == BYTES;
  }

  boolean empty() {
    return filled == 0;
  }

  int blocks() {
    return (filled + blockSize - 1) / blockSize;
  }

  /** The number of the first block, for messages. */
  void number(long block) {
    firstBlock = block;
  }

  void compress() {
    int at = 0;
    for (int block = 0; block < blocks(); block++) {
      int size = Math.min(blockSize, filled - block * blockSize);
      int length =
          compressor.compress(in.asSlice((long) block * blockSize, size), out.asSlice(at, bound));
      if (checksum) {
        crc.reset();
        crc.update(outBytes.limit(at + length).position(at));
        out.set(ZFileIndex.INT, (long) at + length, crc.value());
        length += Integer.BYTES;
      }
      lengths[block] = length;
      at += length;
    }
    storedBytes = at;
  }

  void checkReadable() throws UnreadableBlockException {
    for (int block = 0; block < blocks(); block++) {
      if (lengths[block] > MAX_STORED) {
        throw new UnreadableBlockException(firstBlock + block, lengths[block]);
      }
    }
  }

  MemorySegment stored() {
    return out.asSlice(0, storedBytes);
  }

  int[] lengths() {
    return lengths;
  }

  void reset() {
    filled = 0;
  }

  @Override
  public void close() {
    compressor.close();
  }
}
