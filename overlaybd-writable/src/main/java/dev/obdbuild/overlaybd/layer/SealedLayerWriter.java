package dev.obdbuild.overlaybd.layer;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.FileSink;
import dev.obdbuild.overlaybd.lsmt.CommitOptions;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerCommit;
import dev.obdbuild.overlaybd.lsmt.SegmentIndex;
import dev.obdbuild.overlaybd.tarwrap.TarWrapper;
import dev.obdbuild.overlaybd.zfile.UnreadableBlockException;
import dev.obdbuild.overlaybd.zfile.ZFileOptions;
import dev.obdbuild.overlaybd.zfile.ZFileWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Writes a layer as it goes to a registry, in one pass: the raw data is read once and the sealed
 * bytes are written once.
 *
 * <p>The sizes at the front of the file (tar, ZFile header) are known only at the end and are
 * patched in, so the digest of a compressed layer is taken from the file when it is whole, out of
 * the page cache. An uncompressed layer's size is computed first and its digest is taken while it
 * is written.
 */
public final class SealedLayerWriter {
  /**
   * What 64 KiB blocks fall back to when data does not compress; see the document of the ZFile
   * package.
   */
  private static final int FALLBACK_BLOCK = 32 << 10;

  private SealedLayerWriter() {}

  /**
   * The file that was written.
   *
   * @param size bytes of the whole file
   * @param sha256 of the whole file
   * @param payloadSize bytes inside the tar; equal to {@code size} without one
   * @param layerSize bytes before compression
   * @param compression what was really used; empty for a plain layer
   */
  public record Result(
      long size,
      byte[] sha256,
      long payloadSize,
      long layerSize,
      Optional<ZFileOptions> compression) {}

  /**
   * Writes {@code out} from scratch. Does not sync it; on failure a part of it is left behind.
   *
   * @param compression empty for a plain layer
   * @param tarWrap whether to wrap the result as registries expect it
   * @param threads compressing threads besides the caller; 0 makes the caller compress
   */
  public static Result seal(
      SegmentIndex segments,
      BlockFile data,
      CommitOptions options,
      Optional<ZFileOptions> compression,
      boolean tarWrap,
      Path out,
      int threads)
      throws IOException {
    if (compression.isEmpty()) {
      return PlainSeal.seal(segments, data, options, tarWrap, out);
    }
    ZFileOptions zfile = compression.get();
    try {
      return compressed(segments, data, options, zfile, tarWrap, out, threads);
    } catch (UnreadableBlockException e) {
      return compressed(
          segments, data, options, zfile.withBlockSize(FALLBACK_BLOCK), tarWrap, out, threads);
    }
  }

  /** As above, for a whole layer. */
  public static Result seal(
      Layer layer,
      CommitOptions options,
      Optional<ZFileOptions> compression,
      boolean tarWrap,
      Path out,
      int threads)
      throws IOException {
    return seal(layer.index(), layer.data(), options, compression, tarWrap, out, threads);
  }

  private static Result compressed(
      SegmentIndex segments,
      BlockFile data,
      CommitOptions options,
      ZFileOptions zfile,
      boolean tarWrap,
      Path out,
      int threads)
      throws IOException {
    try (FileSink sink = FileSink.create(out)) {
      if (tarWrap) {
        sink.write(MemorySegment.ofArray(new byte[TarWrapper.HEAD_BYTES]));
      }
      long payload;
      long original;
      try (ZFileWriter writer = ZFileWriter.patching(sink, zfile, threads)) {
        LayerCommit.write(segments, data, options, writer);
        payload = writer.finish();
        original = writer.original();
      }
      if (tarWrap) {
        sink.write(MemorySegment.ofArray(new byte[TarWrapper.tailBytes(payload)]));
        sink.patch(0, TarWrapper.head(payload));
      }
      sink.flush();
      byte[] sha256 = BesideHash.of(sink.channel());
      return new Result(sink.position(), sha256, payload, original, Optional.of(zfile));
    }
  }
}
