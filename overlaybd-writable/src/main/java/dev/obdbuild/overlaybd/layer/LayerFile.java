package dev.obdbuild.overlaybd.layer;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.tarwrap.TarMember;
import dev.obdbuild.overlaybd.zfile.ZFileReader;
import java.io.IOException;

/** Opens layer blobs whatever is wrapped around them. */
public final class LayerFile {
  private LayerFile() {}

  /**
   * Peels off tar and ZFile as far as they are there. Closing the result closes {@code blob}; if
   * this fails, {@code blob} is the caller's to close.
   */
  public static BlockFile unwrap(BlockFile blob, String name) throws IOException {
    BlockFile member = TarMember.unwrap(blob, name);
    return ZFileReader.looksLike(member) ? ZFileReader.open(member, name) : member;
  }

  /** Unwraps and opens a layer; closes {@code blob} if that fails. */
  public static Layer open(BlockFile blob, String name) throws IOException {
    try {
      return Layer.open(unwrap(blob, name), name);
    } catch (IOException | RuntimeException e) {
      try (blob) {
        throw e;
      }
    }
  }
}
