package dev.obdbuild.overlaybd.layer;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.SliceFile;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.tarwrap.TarMember;
import dev.obdbuild.overlaybd.tarwrap.TarWrapper;
import dev.obdbuild.overlaybd.zfile.ZFileReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalInt;

/** Opens layer blobs whatever is wrapped around them. */
public final class LayerFile {
  /** A ZFile's trailer and what a tar has behind its member, at most. */
  private static final int END = 2048;

  private LayerFile() {}

  /**
   * Peels off tar and ZFile as far as they are there. Closing the result closes {@code blob}; if
   * this fails, {@code blob} is the caller's to close.
   */
  public static BlockFile unwrap(BlockFile blob, String name) throws IOException {
    BlockFile member = TarMember.unwrap(blob, name);
    return ZFileReader.looksLike(member) ? ZFileReader.open(member, name) : member;
  }

  /**
   * Opens a layer by what stands at its end, where that is enough: in a ZFile whose trailer is
   * right, bare or in the tar that layers come in. Of the blob's beginning nothing is read, which
   * saves a request where it lies far away.
   *
   * <p>The headers there are not looked at later either: they say nothing that the ends do not say.
   * The ZFile's trailer is believed only with its own checksum right and its index just before it;
   * the layer's trailer and index lie in blocks with a checksum each, as does all that is read
   * afterwards. So a damaged beginning is seen if it is read, and does no harm if it is not.
   *
   * @return nothing if the beginning has to be read; {@code blob} is then the caller's to close, as
   *     it is if this fails
   */
  public static Optional<Layer> openByEnd(BlockFile blob, String name) throws IOException {
    Optional<BlockFile> member = memberByEnd(blob, name);
    if (member.isEmpty()) {
      return Optional.empty();
    }
    Optional<ZFileReader> file = ZFileReader.openByTrailer(member.get(), name);
    return file.isEmpty() ? Optional.empty() : Optional.of(Layer.openByTrailer(file.get(), name));
  }

  private static Optional<BlockFile> memberByEnd(BlockFile blob, String name) throws IOException {
    byte[] last = new byte[(int) Math.min(blob.size(), END)];
    long start = blob.size() - last.length;
    blob.read(start, MemorySegment.ofArray(last));
    OptionalInt found = ZFileReader.endIn(last);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    long end = start + found.getAsInt();
    if (end == blob.size()) {
      return Optional.of(blob);
    }
    long size = end - TarWrapper.HEAD_BYTES;
    return size > 0 && end + TarWrapper.tailBytes(size) == blob.size()
        ? Optional.of(new SliceFile(blob, TarWrapper.HEAD_BYTES, size, name))
        : Optional.empty();
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
