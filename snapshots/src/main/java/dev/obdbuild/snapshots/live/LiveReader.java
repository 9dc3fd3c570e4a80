package dev.obdbuild.snapshots.live;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** One reader of a mounted device. Thread-safe. */
public final class LiveReader implements AutoCloseable {
  private final LiveChains chains;
  private final LiveChains.Slot slot;
  private final AtomicBoolean closed = new AtomicBoolean();

  LiveReader(LiveChains chains, LiveChains.Slot slot) {
    this.chains = chains;
    this.slot = slot;
  }

  /** The mounted root. */
  public Path path() {
    return slot.device.path();
  }

  /** The first failed read of the device. */
  public Optional<IOException> failure() {
    return slot.device.device().failure();
  }

  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      chains.readerLeft(slot);
    }
  }
}
