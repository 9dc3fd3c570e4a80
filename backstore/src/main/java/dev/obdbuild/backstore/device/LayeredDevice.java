package dev.obdbuild.backstore.device;

import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SegmentIndex;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import java.io.IOException;
import java.util.Optional;

/**
 * A device of layers whose writable one is exchanged between steps while it stays mounted, wherever
 * it is served. Its owner reads and writes it through this object only while nobody writes to it
 * through its node; where another process serves it, the first such access bars the node's writes
 * until {@link #resume}.
 */
public interface LayeredDevice extends BlockDevice {

  /** The layers below the writable one; after {@link #freezeTop} the frozen one is among them. */
  LayerStack base();

  /** What the writable layer stores. */
  SegmentIndex written() throws IOException;

  /**
   * Ends the step: freezes the writable layer and makes it the newest of the stack. From then on
   * writes fail, until {@link #resume}.
   *
   * @return the frozen layer, which the caller now owns and must keep open while this device reads
   *     it
   * @throws IOException the device's {@link #failure}, if it has one; the layer is then left as it
   *     is
   */
  Layer freezeTop() throws IOException;

  /**
   * Starts the next step: writes go to {@code next}, which this device then owns.
   *
   * @param files of {@code next}; only of use to another process
   * @throws IllegalStateException if a layer takes writes already
   */
  void resume(WritableLayer next, TopFiles files) throws IOException;

  /** The first read or write that failed, or what {@link #fail} was told; once there it stays. */
  Optional<IOException> failure();
}
