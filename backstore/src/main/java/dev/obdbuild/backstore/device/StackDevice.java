package dev.obdbuild.backstore.device;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.ChannelFile;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.lsmt.ExtentVisitor;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SegmentIndex;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A writable layer over a stack of layers; the live device of a chain of build steps. Between steps
 * {@link #freezeTop} turns the writable layer into the stack's newest and {@link #resume} puts a
 * fresh one on top, while the device stays exported and mounted.
 *
 * <p>The first read or write that fails is kept as {@link #failure} and from then on everything
 * fails: a step that swallowed an I/O error must not go on, let alone be sealed. A write while no
 * layer takes writes is such a failure on a device that was writable once; on a read-only one it is
 * refused and harmless. So is a discard on either: some filesystems send them long before they look
 * for the answer.
 *
 * <p>Borrows the layers; owns the writable layer until it is frozen.
 */
public final class StackDevice implements LayeredDevice {
  private static final int SECTOR = 4096;

  /**
   * Writes and discards share it; whoever swaps the layers has it alone, so none is under way then.
   * Reads need none.
   */
  private final ReentrantReadWriteLock barrier = new ReentrantReadWriteLock();

  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
  private final DeviceCounters counters = new DeviceCounters();
  private final long size;
  private final int sectorSize;
  private final boolean readOnly;
  private volatile View view;
  private volatile boolean closed;

  /**
   * The layers at one moment; a reader that took one goes on with it after a swap and sees the same
   * bytes.
   */
  private record View(LayerStack base, @Nullable WritableLayer top) {
    void read(long offset, MemorySegment dst) throws IOException {
      if (top == null) {
        base.read(offset, dst);
      } else {
        top.read(offset, dst, base);
      }
    }
  }

  /** A writable device with sectors of 4096 bytes, of the size of {@code top}. */
  public StackDevice(LayerStack base, WritableLayer top) {
    this(base, top, SECTOR);
  }

  /** As above, with sectors of 512 or 4096 bytes; filesystems with smaller blocks want 512. */
  public StackDevice(LayerStack base, WritableLayer top, int sectorSize) {
    this(new View(base, top), top.virtualSize(), sectorSize);
  }

  private StackDevice(View view, long size, int sectorSize) {
    if (sectorSize != 512 && sectorSize != SECTOR || size <= 0 || size % sectorSize != 0) {
      throw new IllegalArgumentException("device size " + size + ", sectors of " + sectorSize);
    }
    this.view = view;
    this.size = size;
    this.sectorSize = sectorSize;
    this.readOnly = view.top() == null;
  }

  /** A device that shows a stack and takes no writes. */
  public static StackDevice readOnly(LayerStack stack) {
    return readOnly(stack, SECTOR);
  }

  /** As above, with sectors of 512 or 4096 bytes. */
  public static StackDevice readOnly(LayerStack stack, int sectorSize) {
    return new StackDevice(new View(stack, null), stack.size(), sectorSize);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int sectorSize() {
    return sectorSize;
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    check(offset, dst.byteSize());
    try {
      view.read(offset, dst);
    } catch (IOException | RuntimeException | Error e) {
      // What memory was short for is asked for again, and is no failure of the device's.
      MemoryShortage.rethrow(e);
      throw failed("read of " + offset + "+" + dst.byteSize(), e);
    }
    counters.read(dst.byteSize());
  }

  /** True where the bytes lie in a layer that is not a plain file of this host. */
  @Override
  public boolean mayWait(long offset, long length) {
    boolean[] slow = new boolean[1];
    try {
      view.base()
          .visit(
              offset,
              length,
              new ExtentVisitor() {
                @Override
                public void data(long at, long bytes, Layer layer, long fileOffset) {
                  slow[0] |= !isLocal(layer.data());
                }

                @Override
                public void zeros(long at, long bytes) {}
              });
    } catch (IOException e) {
      return true; // a walk through an index does no I/O; whatever this is, the read will tell
    }
    return slow[0];
  }

  private static boolean isLocal(BlockFile file) {
    return file instanceof HostSparseFile
        || file instanceof ChannelFile
        || file instanceof MemoryFile;
  }

  @Override
  public void write(long offset, MemorySegment src) throws IOException {
    check(offset, src.byteSize());
    barrier.readLock().lock();
    try {
      writable(offset, src.byteSize()).write(offset, src);
    } catch (ReadOnlyDeviceException e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      throw failed("write of " + offset + "+" + src.byteSize(), e);
    } finally {
      barrier.readLock().unlock();
    }
    counters.written(src.byteSize());
  }

  @Override
  public void discard(long offset, long length) throws IOException {
    check(offset, length);
    barrier.readLock().lock();
    try {
      WritableLayer top = view.top();
      if (top == null) {
        throw new ReadOnlyDeviceException(
            "discard of " + offset + "+" + length + " refused: no layer takes writes now");
      }
      top.discard(offset, length, view.base());
    } catch (ReadOnlyDeviceException e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      throw failed("discard of " + offset + "+" + length, e);
    } finally {
      barrier.readLock().unlock();
    }
    counters.discarded(length);
  }

  private WritableLayer writable(long offset, long length) throws IOException {
    WritableLayer top = view.top();
    if (top != null) {
      return top;
    }
    String message = "write of " + offset + "+" + length + " refused: the device is ";
    if (readOnly) {
      throw new ReadOnlyDeviceException(message + "read-only");
    }
    throw new IOException(message + "frozen between two steps");
  }

  /** Only counted: what a step wrote needs to outlive nothing before it is sealed. */
  @Override
  public void flush() throws IOException {
    check(0, 0);
    counters.flushed();
  }

  private void check(long offset, long length) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    IOException first = failure.get();
    if (first != null) {
      IOException told = new IOException("the device failed before: " + first.getMessage());
      told.addSuppressed(first); // not its cause: an old shortage of memory is none to wait for
      throw told;
    }
    Sectors.check(this, offset, length);
  }

  private IOException failed(String what, Throwable cause) {
    IOException told =
        cause instanceof IOException io
            ? io
            : new IOException(what + " of the device failed: " + cause, cause);
    fail(told);
    return told;
  }

  @Override
  public SegmentIndex written() {
    return top()
        .orElseThrow(() -> new IllegalStateException("the device has no writable layer"))
        .segments();
  }

  /** As the interface has it; waits for the writes under way. */
  @Override
  public Layer freezeTop() throws IOException {
    barrier.writeLock().lock();
    try {
      check(0, 0);
      View now = view;
      if (now.top() == null) {
        throw new IllegalStateException("the device has no writable layer to freeze");
      }
      Layer frozen;
      try {
        frozen = now.top().freeze();
      } catch (IOException | RuntimeException | Error e) {
        throw failed("freeze", e);
      }
      // A frozen writable layer still reads; so readers that took the old view are no concern here.
      view = new View(now.base().plus(frozen), null);
      return frozen;
    } finally {
      barrier.writeLock().unlock();
    }
  }

  @Override
  public void resume(WritableLayer next, TopFiles files) {
    resume(next);
  }

  /** As above, for a layer that is of no use to another process. */
  public void resume(WritableLayer next) {
    resume(view.base(), next);
  }

  /**
   * As above, on {@code base} in place of the layers so far, which stay open: the same bytes
   * wherever a filesystem looks.
   */
  public void resume(LayerStack base, WritableLayer next) {
    barrier.writeLock().lock();
    try {
      View now = view;
      if (readOnly || now.top() != null) {
        throw new IllegalStateException(
            readOnly ? "the device is read-only" : "the device is not frozen");
      }
      if (next.virtualSize() != size) {
        throw new IllegalArgumentException(
            "layer of " + next.virtualSize() + " bytes for a device of " + size);
      }
      view = new View(base, next);
    } finally {
      barrier.writeLock().unlock();
    }
  }

  @Override
  public LayerStack base() {
    return view.base();
  }

  /** The layer that takes writes, if one does. */
  public Optional<WritableLayer> top() {
    return Optional.ofNullable(view.top());
  }

  @Override
  public Optional<IOException> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** Fails everything from now on. The first reason counts. */
  @Override
  public void fail(IOException reason) {
    failure.compareAndSet(null, reason);
  }

  /** Counts since the device was made. */
  public DeviceStats stats() {
    return counters.stats();
  }

  /** Closes the writable layer, if there is one; the stack's layers stay open. */
  @Override
  public void close() throws IOException {
    barrier.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      Optional<WritableLayer> top = top();
      if (top.isPresent()) {
        top.get().close();
      }
    } finally {
      barrier.writeLock().unlock();
    }
  }
}
