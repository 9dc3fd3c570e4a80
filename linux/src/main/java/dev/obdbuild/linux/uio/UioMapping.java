package dev.obdbuild.linux.uio;

import dev.obdbuild.linux.sys.Descriptor;
import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An open device and its memory. Thread-safe but for {@link #close}: whoever closes it must know
 * that no thread is in a call or looks at the memory; access through the segment fails afterwards.
 */
public final class UioMapping implements Closeable {
  private static final short POLLIN = 1;
  private static final int POLLFD = 8;

  private final Path node;
  private final boolean removesNode;
  private final Descriptor device;
  private final int stop;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;

  private UioMapping(
      Path node, boolean removesNode, Descriptor device, int stop, long address, long size) {
    this.node = node;
    this.removesNode = removesNode;
    this.device = device;
    this.stop = stop;
    this.memory =
        MemorySegment.ofAddress(address)
            .reinterpret(size, arena, segment -> UioCalls.unmap(segment.address(), size));
  }

  static UioMapping open(Path node, long size, boolean removesNode) throws IOException {
    Descriptor device = Descriptor.readWrite(node);
    try {
      int stop = UioCalls.eventfd();
      try {
        long address = UioCalls.map(device.number(), size, node.toString());
        return new UioMapping(node, removesNode, device, stop, address, size);
      } catch (LinuxException e) {
        UioCalls.close(stop, "eventfd");
        throw e;
      }
    } catch (LinuxException e) {
      device.close();
      throw e;
    }
  }

  /**
   * The shared memory. What the kernel writes at any time is read with acquire, what tells it of
   * finished work is written with release.
   */
  public MemorySegment memory() {
    return memory;
  }

  /**
   * Waits until the kernel has signalled, perhaps before the call. A signal may stand for many.
   *
   * @return false when the device is gone or {@link #stop} was called
   */
  public boolean await() throws LinuxException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment descriptors = call.allocate(2L * POLLFD, 8);
      set(descriptors, 0, device.number());
      set(descriptors, 1, stop);
      long ready = UioCalls.poll(descriptors);
      if (ready < 0) {
        return retry("poll", ready);
      }
      if (descriptors.get(ValueLayout.JAVA_SHORT, POLLFD + 6L) != 0) {
        return false;
      }
      // The number of signals so far: reading it is what makes the device wait for the next.
      long read = UioCalls.read(device.number(), call.allocate(4, 4));
      return read > 0 || (read < 0 && retry("read", read));
    }
  }

  private static void set(MemorySegment descriptors, int index, int fd) {
    descriptors.set(ValueLayout.JAVA_INT, (long) index * POLLFD, fd);
    descriptors.set(ValueLayout.JAVA_SHORT, (long) index * POLLFD + 4, POLLIN);
  }

  /** EIO says that the kernel has taken the device away. */
  private boolean retry(String call, long result) throws LinuxException {
    return switch ((int) -result) {
      case Errno.EINTR, Errno.EAGAIN -> true;
      case Errno.EIO, Errno.ENODEV -> false;
      default -> throw new LinuxException(call, node.toString(), (int) -result);
    };
  }

  /** Tells the kernel to look at the memory. Nothing happens when the device is gone. */
  public void signal() throws LinuxException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment one = call.allocate(4, 4);
      one.set(ValueLayout.JAVA_INT, 0, 1);
      long result = UioCalls.write(device.number(), one);
      if (result < 0) {
        var _ = retry("write", result);
      }
    }
  }

  /** Ends every {@link #await}, now and later. */
  public void stop() throws LinuxException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment one = call.allocate(8, 8);
      one.set(ValueLayout.JAVA_LONG, 0, 1);
      long result = UioCalls.write(stop, one);
      if (result < 0) {
        throw new LinuxException("write", "eventfd", (int) -result);
      }
    }
  }

  /** Unmaps the memory and closes the device; removes the node if it was made for this. */
  @Override
  public void close() throws IOException {
    arena.close();
    try (device) {
      UioCalls.close(stop, "eventfd");
    }
    if (removesNode) {
      Files.deleteIfExists(node);
    }
  }

  @Override
  public String toString() {
    return node.toString();
  }
}
