package dev.obdbuild.overlaybd.lsmt;

import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.Closeable;
import java.io.IOException;

/**
 * One immutable layer: its segments and the file that holds their data. Thread-safe as far as the
 * file is. Owns the file.
 */
public final class Layer implements Closeable {
  private final String name;
  private final long virtualSize;
  private final String uuid;
  private final String parentUuid;
  private final String userTag;
  private final SegmentIndex index;
  private final BlockFile data;

  Layer(
      String name,
      long virtualSize,
      String uuid,
      String parentUuid,
      String userTag,
      SegmentIndex index,
      BlockFile data) {
    this.name = name;
    this.virtualSize = virtualSize;
    this.uuid = uuid;
    this.parentUuid = parentUuid;
    this.userTag = userTag;
    this.index = index;
    this.data = data;
  }

  /**
   * Opens a committed, sealed or merged layer whose tar wrapper and ZFile are already peeled off.
   * Reads header, trailer and index, and checks all three; data is not read.
   *
   * @param name what messages call this layer, for instance its digest
   * @throws dev.obdbuild.overlaybd.block.FormatException if it is not a whole layer; the file is
   *     then still the caller's to close
   */
  public static Layer open(BlockFile unwrapped, String name) throws IOException {
    return LayerOpening.open(unwrapped, name);
  }

  /**
   * The same without a look at the header, which says nothing that the trailer does not say: for
   * files whose two ends are far apart.
   */
  public static Layer openByTrailer(BlockFile unwrapped, String name) throws IOException {
    return LayerOpening.openByTrailer(unwrapped, name);
  }

  /**
   * Opens a turboOCI layer: filesystem metadata in {@code meta}, file data in the decompressed tar
   * {@code target}. Owns both.
   */
  public static Layer openTurbo(BlockFile meta, BlockFile target, String name) throws IOException {
    return LayerOpening.openTurbo(meta, target, name);
  }

  /** What messages call this layer. */
  public String name() {
    return name;
  }

  /** Size in bytes of the device that the layer was made for; 0 if its header leaves it open. */
  public long virtualSize() {
    return virtualSize;
  }

  /** The header's text, normally an upper-case uuid; never checked. */
  public String uuid() {
    return uuid;
  }

  /** The header's text, normally an upper-case uuid; never checked. */
  public String parentUuid() {
    return parentUuid;
  }

  /** Free text of the trailer, one char per byte; empty if there is none. */
  public String userTag() {
    return userTag;
  }

  /** Segments of this layer; their file sectors are sectors of {@link #data()}. */
  public SegmentIndex index() {
    return index;
  }

  /** The file that the index points into; belongs to the layer. */
  public BlockFile data() {
    return data;
  }

  @Override
  public void close() throws IOException {
    data.close();
  }

  @Override
  public String toString() {
    return "layer " + name + " (" + index + ")";
  }
}
