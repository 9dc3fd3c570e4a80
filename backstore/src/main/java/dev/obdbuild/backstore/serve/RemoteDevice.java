package dev.obdbuild.backstore.serve;

import dev.obdbuild.backstore.device.DeviceSweep;
import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.device.LayeredDevice;
import dev.obdbuild.backstore.device.StackDevice;
import dev.obdbuild.backstore.device.TopFiles;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SegmentIndex;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A device that a server serves. While a step writes, its writable layer is the server's; from the
 * first access through this object to {@link #resume} it is this process's, which opens the same
 * files, so that reading and writing it here is as good as there.
 */
final class RemoteDevice implements LayeredDevice, ExportedDevice {
  private final BackstoreClient client;
  private final Duration patience;
  private final String key;
  private final Reply.Exported exported;
  private final long size;
  private final int sectorSize;
  private final Consumer<RemoteDevice> closed;
  private final AtomicReference<@Nullable IOException> lost = new AtomicReference<>();

  private LayerStack below;
  private Optional<TopFiles> top;

  /** The device in this process; none while the server has the writable layer. */
  private @Nullable StackDevice here;

  private boolean gone;

  /**
   * @param here a device that takes no writes, which is then read here
   * @param closed told when this is closed
   */
  RemoteDevice(
      BackstoreClient client,
      Duration patience,
      DeviceSpec spec,
      Reply.Exported exported,
      StackDevice here,
      Consumer<RemoteDevice> closed) {
    this.client = client;
    this.patience = patience;
    this.key = spec.key();
    this.exported = exported;
    this.size = spec.size();
    this.sectorSize = spec.sectorSize();
    this.below = here.base();
    this.top = spec.top();
    this.here = spec.readOnly() ? here : null;
    this.closed = closed;
  }

  @Override
  public Path node() {
    return Path.of(exported.node());
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int sectorSize() {
    return sectorSize;
  }

  /** Takes the writable layer back from the server. */
  private synchronized StackDevice here() throws IOException {
    StackDevice known = here;
    if (known != null) {
      return known;
    }
    TopFiles files = top.orElseThrow(() -> new IllegalStateException(node() + " is read-only"));
    var _ = client.call(new Request.Freeze(key, files), patience);
    StackDevice taken = new StackDevice(below, LayerOpener.open(files, below), sectorSize);
    here = taken;
    return taken;
  }

  @Override
  public synchronized LayerStack base() {
    return here == null ? below : here.base();
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    here().read(offset, dst);
  }

  @Override
  public void write(long offset, MemorySegment src) throws IOException {
    here().write(offset, src);
  }

  @Override
  public void discard(long offset, long length) throws IOException {
    here().discard(offset, length);
  }

  @Override
  public void flush() throws IOException {
    here().flush();
  }

  @Override
  public synchronized SegmentIndex written() throws IOException {
    if (here != null) {
      return here.written();
    }
    TopFiles files = top.orElseThrow(() -> new IllegalStateException(node() + " is read-only"));
    try (WritableLayer layer = LayerOpener.open(files, below)) {
      return layer.segments();
    }
  }

  @Override
  public Layer freezeTop() throws IOException {
    Optional<IOException> failure = failure();
    if (failure.isPresent()) {
      throw failure.get();
    }
    return here().freezeTop();
  }

  @Override
  public synchronized void resume(WritableLayer next, TopFiles files) throws IOException {
    StackDevice now = here();
    if (now.top().isPresent() || top.isEmpty()) {
      throw new IllegalStateException(node() + " is not frozen");
    }
    next.close(); // from now on it is the server's
    var _ = client.call(new Request.Resume(key, files), patience);
    below = now.base();
    top = Optional.of(files);
    here = null;
  }

  @Override
  public Optional<IOException> failure() {
    IOException known = lost.get();
    if (known != null) {
      return Optional.of(known);
    }
    StackDevice mirror;
    synchronized (this) {
      mirror = here;
      if (gone) {
        return Optional.empty();
      }
    }
    if (mirror != null && mirror.failure().isPresent()) {
      return mirror.failure();
    }
    try {
      if (client.call(new Request.Status(key), patience) instanceof Reply.Failed failed) {
        lose(new IOException(failed.reason()));
      }
    } catch (IOException e) {
      lose(e);
    }
    return Optional.ofNullable(lost.get());
  }

  private void lose(IOException reason) {
    lost.compareAndSet(null, reason);
  }

  /** Whoever uses the device gets errors, with the server or without it. */
  @Override
  public void fail(IOException reason) {
    lose(reason);
    try {
      String text = String.valueOf(reason.getMessage());
      var _ = client.callAlways(new Request.Fail(key, text), Duration.ZERO);
    } catch (IOException e) {
      reason.addSuppressed(e);
      cutOff(reason);
    }
  }

  /** Without the server: by the kernel. */
  void cutOff(IOException reason) {
    lose(reason);
    try {
      DeviceSweep.cutOff(node(), key, exported.connection());
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  @Override
  public void abort() throws IOException {
    fail(new IOException(node() + " was aborted"));
  }

  /** Takes node and device away. */
  @Override
  public void close() throws IOException {
    StackDevice mirror;
    synchronized (this) {
      if (gone) {
        return;
      }
      gone = true;
      mirror = here;
    }
    try {
      takeAway();
    } finally {
      closed.accept(this);
      if (mirror != null) {
        mirror.close();
      }
    }
  }

  private void takeAway() throws IOException {
    boolean dead = lost.get() != null;
    try {
      var _ = client.callAlways(new Request.Close(key), dead ? Duration.ZERO : patience);
    } catch (BackstoreClient.NobodyThereException e) {
      if (!dead) {
        throw e;
      }
      // It has failed and is cut off; a server that comes later finds it so and takes it away.
    }
  }

  @Override
  public String toString() {
    return node() + " served at " + client;
  }
}
