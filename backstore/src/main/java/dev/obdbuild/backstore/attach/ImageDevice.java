package dev.obdbuild.backstore.attach;

import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.device.ReadOnlyDeviceException;
import dev.obdbuild.backstore.metrics.DeviceMeter;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An attached image's layers as a device that lives on its own: a failed request fails alone, at
 * once and with a line in the log, and a flush makes durable what was written.
 *
 * <p>Borrows its layers.
 */
final class ImageDevice implements BlockDevice {
  private static final int SECTOR = 512;

  private final LayerStack base;
  private final @Nullable WritableLayer top;
  private final long size;
  private final boolean remote;
  private final DeviceMeter counts;
  private final FailureLog failures;
  private volatile boolean closed;

  /**
   * @param remote whether reads may have to wait for a registry
   */
  ImageDevice(
      LayerStack base,
      Optional<WritableLayer> top,
      boolean remote,
      DeviceMeter counts,
      FailureLog failures) {
    this.base = base;
    this.top = top.orElse(null);
    this.size = top.map(WritableLayer::virtualSize).orElse(base.size());
    this.remote = remote;
    this.counts = counts;
    this.failures = failures;
  }

  boolean isWritable() {
    return top != null;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int sectorSize() {
    return SECTOR;
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    check(offset, dst.byteSize());
    long begun = System.nanoTime();
    counts.begun();
    try {
      if (top == null) {
        base.read(offset, dst);
      } else {
        top.read(offset, dst, base);
      }
    } catch (IOException | RuntimeException | Error e) {
      throw failed("read", offset, dst.byteSize(), e);
    } finally {
      counts.ended();
    }
    counts.read(dst.byteSize(), System.nanoTime() - begun);
  }

  @Override
  public boolean mayWait(long offset, long length) {
    return remote;
  }

  @Override
  public void write(long offset, MemorySegment src) throws IOException {
    check(offset, src.byteSize());
    WritableLayer layer = writable();
    try {
      layer.write(offset, src, base);
    } catch (IOException | RuntimeException | Error e) {
      throw failed("write", offset, src.byteSize(), e);
    }
    counts.written(src.byteSize());
  }

  @Override
  public void discard(long offset, long length) throws IOException {
    check(offset, length);
    WritableLayer layer = writable();
    try {
      layer.discard(offset, length, base);
    } catch (IOException | RuntimeException | Error e) {
      throw failed("discard", offset, length, e);
    }
  }

  @Override
  public void flush() throws IOException {
    check(0, 0);
    if (top != null) {
      try {
        top.force();
      } catch (IOException | RuntimeException | Error e) {
        throw failed("flush", 0, size, e);
      }
    }
  }

  private WritableLayer writable() throws ReadOnlyDeviceException {
    if (top == null) {
      throw new ReadOnlyDeviceException("the image has no upper: it takes no writes");
    }
    return top;
  }

  private void check(long offset, long length) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    if (offset < 0 || length < 0 || length > size - offset || (offset | length) % SECTOR != 0) {
      throw new IllegalArgumentException(
          offset + "+" + length + " of a device of " + size + " bytes in sectors of " + SECTOR);
    }
  }

  private IOException failed(String what, long offset, long length, Throwable cause) {
    counts.failed();
    failures.told(what, offset, length, cause);
    return cause instanceof IOException io
        ? io
        : new IOException(what + " failed: " + cause, cause);
  }

  @Override
  public void fail(IOException reason) {
    failures.told("serving", 0, size, reason);
  }

  /** Ends the device; closes no layer. */
  @Override
  public void close() {
    closed = true;
  }
}
