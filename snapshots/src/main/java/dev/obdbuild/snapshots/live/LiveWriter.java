package dev.obdbuild.snapshots.live;

import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.snapshots.layer.OpenLayers.Held;
import dev.obdbuild.snapshots.layer.RawLayers.Writing;
import dev.obdbuild.snapshots.store.LayerRow.RawForm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The one writer of a mounted device, for the length of one step. One thread at a time, except the
 * failing.
 */
public final class LiveWriter implements AutoCloseable {
  /** Puts a finished layer on record; when it throws, the layer is dropped. */
  @FunctionalInterface
  public interface Recorder {
    void record(String layer, RawForm form) throws IOException;
  }

  private final LiveChains chains;
  private final LiveChains.Slot slot;
  private final Writing top;
  private boolean over;

  LiveWriter(LiveChains chains, LiveChains.Slot slot, Writing top) {
    this.chains = chains;
    this.slot = slot;
    this.top = top;
  }

  /** The mounted root. */
  public Path path() {
    return slot.device.path();
  }

  /** The first failed read or write of the device. */
  public Optional<IOException> failure() {
    return slot.device.device().failure();
  }

  /** Every read and write of the device fails from now on. */
  public void fail(IOException reason) {
    slot.device.device().fail(reason);
  }

  /**
   * Freezes what was written. Afterwards the device rests on the snapshot {@code child}, still
   * mounted, read-only; this writer is over. When it fails nothing is recorded and the writer is
   * still to be closed.
   */
  public void commit(String child, Recorder recorder) throws IOException {
    if (over) {
      throw new IllegalStateException("this writer is over");
    }
    chains
        .threads()
        .call(
            () -> {
              freeze(child, recorder);
              over = true;
              chains.rest(slot);
              return true;
            });
  }

  /**
   * Whether nothing was written, as far as the kind of filesystem lets that be known. Brings it to
   * rest: nobody may write any more, and {@link #commit} or {@link #close} is what comes next.
   */
  public boolean isUntouched() throws IOException {
    return chains
        .threads()
        .call(
            () -> {
              slot.device.settle();
              return slot.device.isUntouched();
            });
  }

  private void freeze(String child, Recorder recorder) throws IOException {
    LiveDevice device = slot.device;
    device.settle();
    Layer frozen = device.device().freezeTop();
    RawForm form = chains.raws().finish(top.id(), frozen);
    Held held = chains.layers().adopt(top.id(), frozen);
    Stacks.OpenStack next;
    try {
      Chain chain = device.stack().chain().plus(child, top.id());
      next = chains.stacks().push(device.stack(), chain, held, device.device().base());
    } catch (IOException | RuntimeException e) {
      held.close();
      throw e;
    }
    try {
      recorder.record(top.id(), form);
    } catch (IOException | RuntimeException e) {
      next.close();
      throw e;
    }
    device.standOn(next);
  }

  /** Drops what was written and takes the device down; after a commit it does nothing. */
  @Override
  public void close() throws IOException {
    if (over) {
      return;
    }
    over = true;
    chains
        .threads()
        .call(
            () -> {
              Closing closing = chains.dropping(top);
              closing.add(() -> chains.discard(slot));
              closing.close();
              return true;
            });
  }
}
