package dev.obdbuild.overlaybd.zfile;

import dev.obdbuild.overlaybd.block.BlockSink;
import dev.obdbuild.overlaybd.block.LendingSink;
import dev.obdbuild.overlaybd.block.PatchableSink;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Takes a stream of bytes and writes it as a ZFile. The same options give the same bytes whatever
 * the number of threads. For one thread at a time.
 *
 * <p>The calling thread cuts the stream and writes the output; a given number of threads of its own
 * compress, in batches, at most a few batches ahead. Does not close the sink.
 */
public final class ZFileWriter implements LendingSink, Closeable {
  private final BlockSink out;
  private final ZFileOptions options;
  private final long start;
  private final CompressionPipeline pipeline;
  private int[] lengths = new int[1024];
  private int blocks;
  private long stored = ZFileHeader.BYTES;
  private long original;

  private ZFileWriter(BlockSink out, ZFileOptions options, long start, int threads)
      throws IOException {
    this.out = out;
    this.options = options;
    this.start = start;
    out.write(
        header(ZFileHeader.HEADER | ZFileHeader.DATA_FILE | ZFileHeader.DIGEST, 0, 0).encode());
    this.pipeline = new CompressionPipeline(options, threads, this::writeBatch);
  }

  /**
   * Writes a file with a final header, which is patched at the end; the file starts at the sink's
   * position.
   *
   * @param threads how many threads compress besides the caller; 0 makes the caller do it
   */
  public static ZFileWriter patching(PatchableSink out, ZFileOptions options, int threads)
      throws IOException {
    return new ZFileWriter(out, options, out.position(), threads);
  }

  /** Writes a file that is described by its trailer only, for sinks that cannot go back. */
  public static ZFileWriter streaming(BlockSink out, ZFileOptions options, int threads)
      throws IOException {
    return new ZFileWriter(out, options, -1, threads);
  }

  @Override
  public MemorySegment room() {
    return pipeline.room();
  }

  /**
   * Appends bytes of the decompressed file.
   *
   * @throws UnreadableBlockException if a block of 64 KiB came out longer than readers can take;
   *     start again with 32
   */
  @Override
  public void filled(long bytes) throws IOException {
    original += bytes;
    pipeline.filled(bytes);
  }

  /** Bytes appended so far, before compression. */
  public long original() {
    return original;
  }

  private void writeBatch(MemorySegment bytes, int[] batchLengths, int count) throws IOException {
    if (blocks + count > lengths.length) {
      lengths =
          Arrays.copyOf(lengths, Math.max(blocks + count, lengths.length + (lengths.length >> 1)));
    }
    System.arraycopy(batchLengths, 0, lengths, blocks, count);
    blocks += count;
    stored += bytes.byteSize();
    out.write(bytes);
  }

  /**
   * Writes what is pending, index and trailer, and the final header if there is to be one. Returns
   * the file's size.
   */
  public long finish() throws IOException {
    pipeline.finish();
    int indexCrc = writeIndex();
    out.write(
        header(ZFileHeader.DATA_FILE | ZFileHeader.SEALED | ZFileHeader.DIGEST, stored, indexCrc)
            .encode());
    if (start >= 0 && out instanceof PatchableSink patchable) {
      int flags =
          ZFileHeader.HEADER
              | ZFileHeader.DATA_FILE
              | ZFileHeader.FINAL_HEADER
              | ZFileHeader.DIGEST;
      patchable.patch(start, header(flags, stored, indexCrc).encode());
    }
    return stored + (long) blocks * Integer.BYTES + ZFileHeader.BYTES;
  }

  private ZFileHeader header(int flags, long indexOffset, int indexCrc) {
    return new ZFileHeader(
        flags,
        indexOffset,
        blocks,
        original,
        indexCrc,
        options.blockSize(),
        options.codec().id(),
        0,
        options.checksum());
  }

  private int writeIndex() throws IOException {
    RawCrc32c crc = new RawCrc32c(0);
    MemorySegment step = MemorySegment.ofArray(new byte[64 << 10]);
    int most = (int) step.byteSize() / Integer.BYTES;
    for (int from = 0; from < blocks; from += most) {
      int count = Math.min(most, blocks - from);
      for (int i = 0; i < count; i++) {
        step.set(ZFileIndex.INT, (long) i * Integer.BYTES, lengths[from + i]);
      }
      MemorySegment part = step.asSlice(0, (long) count * Integer.BYTES);
      crc.update(part);
      out.write(part);
    }
    return crc.value();
  }

  /** Ends the threads; without {@link #finish} the output is not a ZFile. */
  @Override
  public void close() {
    pipeline.close();
  }
}
