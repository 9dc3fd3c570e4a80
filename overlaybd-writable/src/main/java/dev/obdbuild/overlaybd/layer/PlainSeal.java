package dev.obdbuild.overlaybd.layer;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.lsmt.CommitOptions;
import dev.obdbuild.overlaybd.lsmt.LayerCommit;
import dev.obdbuild.overlaybd.lsmt.SegmentIndex;
import dev.obdbuild.overlaybd.tarwrap.TarWrapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/** Seals without compression: all sizes are known before the first byte. */
final class PlainSeal {
  private PlainSeal() {}

  static SealedLayerWriter.Result seal(
      SegmentIndex segments, BlockFile data, CommitOptions options, boolean tarWrap, Path out)
      throws IOException {
    long payload = LayerCommit.size(segments);
    try (HashedFile file = HashedFile.create(out)) {
      if (tarWrap) {
        file.write(TarWrapper.head(payload));
      }
      LayerCommit.write(segments, data, options, file);
      if (tarWrap) {
        file.write(MemorySegment.ofArray(new byte[TarWrapper.tailBytes(payload)]));
      }
      byte[] sha256 = file.finish();
      return new SealedLayerWriter.Result(file.size(), sha256, payload, payload, Optional.empty());
    }
  }
}
