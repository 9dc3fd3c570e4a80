package dev.obdbuild.overlaybd.layer;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.BlockSink;
import dev.obdbuild.overlaybd.block.FileSink;
import dev.obdbuild.overlaybd.lsmt.CommitOptions;
import dev.obdbuild.overlaybd.lsmt.LayerCommit;
import dev.obdbuild.overlaybd.lsmt.SegmentIndex;
import dev.obdbuild.overlaybd.tarwrap.TarWrapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/** Seals without compression: all sizes are known before the first byte. */
final class PlainSeal {
  private PlainSeal() {}

  static SealedLayerWriter.Result seal(
      SegmentIndex segments, BlockFile data, CommitOptions options, boolean tarWrap, Path out)
      throws IOException {
    long payload = LayerCommit.size(segments);
    MessageDigest digest = FileHash.newSha256();
    try (FileSink file = FileSink.create(out)) {
      BlockSink both =
          src -> {
            digest.update(src.asByteBuffer());
            file.write(src);
          };
      if (tarWrap) {
        both.write(TarWrapper.head(payload));
      }
      LayerCommit.write(segments, data, options, both);
      if (tarWrap) {
        both.write(MemorySegment.ofArray(new byte[TarWrapper.tailBytes(payload)]));
      }
      return new SealedLayerWriter.Result(
          file.position(), digest.digest(), payload, payload, Optional.empty());
    }
  }
}
