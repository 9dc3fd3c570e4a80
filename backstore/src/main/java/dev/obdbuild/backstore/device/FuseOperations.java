package dev.obdbuild.backstore.device;

import dev.obdbuild.linux.fuse.FuseChannel;
import dev.obdbuild.linux.fuse.FuseInit;
import dev.obdbuild.linux.fuse.Opcode;
import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What a filesystem of one file answers, the file being a device. Thread-safe. */
final class FuseOperations {
  private static final int S_IFREG_600 = 0100600;
  private static final int BLOCK = 4096;

  /** An attribute never changes. */
  private static final long VALID_SECONDS = 3600;

  private static final int OPEN_KEEP_CACHE = 2;
  private static final int PUNCH_HOLE_KEEP_SIZE = 3;
  private static final int ZERO_RANGE_KEEP_SIZE = 0x11;

  private final BlockDevice device;
  private final boolean readOnly;
  private final FuseInit init;
  private volatile boolean resends;

  FuseOperations(BlockDevice device, boolean readOnly, ServeOptions options) {
    this.device = device;
    this.readOnly = readOnly;
    this.init = new FuseInit(options.maxTransfer(), options.maxBackground());
  }

  /** Whether the channel's request is a read that may wait for something slow. */
  boolean mayWait(FuseChannel channel) {
    return channel.opcode() == Opcode.READ
        && makesSense(channel)
        && device.mayWait(channel.offset(), length(channel.offset(), channel.size()));
  }

  /**
   * Answers the channel's request. A failure of the device is an answer too.
   *
   * @throws LinuxException when no answer could be given
   */
  void answer(FuseChannel channel) throws LinuxException {
    if (!makesSense(channel)) {
      channel.refuse(Errno.EINVAL);
      return;
    }
    switch (channel.opcode()) {
      case Opcode.READ -> {
        int length = length(channel.offset(), channel.size());
        int error = read(channel.offset(), channel.body(length));
        reply(channel, error, length);
      }
      case Opcode.WRITE -> {
        int size = channel.size();
        int error = attempt(() -> write(channel.offset(), channel.written()));
        channel.body(8).fill((byte) 0).set(ValueLayout.JAVA_INT_UNALIGNED, 0, size);
        reply(channel, error, 8);
      }
      case Opcode.FALLOCATE -> fallocate(channel);
      case Opcode.FSYNC -> reply(channel, attempt(device::flush), 0);
      case Opcode.GETATTR, Opcode.SETATTR -> attributes(channel);
      case Opcode.STATFS -> statfs(channel);
      case Opcode.OPEN -> {
        channel.body(16).fill((byte) 0).set(ValueLayout.JAVA_INT_UNALIGNED, 8, OPEN_KEEP_CACHE);
        channel.reply(16);
      }
      case Opcode.INIT -> {
        resends = FuseInit.canResend(channel);
        init.answer(channel);
      }
      case Opcode.RELEASE, Opcode.FLUSH, Opcode.DESTROY -> channel.done();
      default -> channel.refuse(Errno.ENOSYS);
    }
  }

  /**
   * Loop asks for whole sectors inside the file; whoever opens the file itself may ask for
   * anything, and must not break the device with it.
   */
  private boolean makesSense(FuseChannel channel) {
    return switch (channel.opcode()) {
      case Opcode.READ -> isRange(channel) && sectors(length(channel.offset(), channel.size()));
      case Opcode.WRITE ->
          isRange(channel)
              && channel.isWhole()
              && sectors(channel.size())
              && channel.size() <= device.size() - channel.offset();
      case Opcode.FALLOCATE ->
          channel.offset() >= 0
              && channel.offset() <= device.size()
              && channel.requestLong(56) >= 0
              && sectors(channel.offset())
              && sectors(Math.min(channel.requestLong(56), device.size() - channel.offset()));
      default -> true;
    };
  }

  private boolean isRange(FuseChannel channel) {
    return channel.offset() >= 0
        && channel.size() >= 0
        && channel.size() <= init.maxTransfer()
        && sectors(channel.offset());
  }

  private boolean sectors(long bytes) {
    return bytes % device.sectorSize() == 0;
  }

  /** Whether the kernel said that it can hand out requests again. */
  boolean resends() {
    return resends;
  }

  /** A file ends where the device does; the kernel may ask for a page beyond. */
  int length(long offset, int size) {
    return (int) Math.clamp(device.size() - offset, 0L, size);
  }

  /**
   * @return 0 or the error to answer
   */
  int read(long offset, MemorySegment into) {
    return attempt(() -> device.read(offset, into));
  }

  private void write(long offset, MemorySegment data) throws IOException {
    if (readOnly) {
      throw new ReadOnlyDeviceException(
          "write of " + offset + "+" + data.byteSize() + ": exported read-only");
    }
    device.write(offset, data);
  }

  private void fallocate(FuseChannel channel) throws LinuxException {
    int mode = channel.requestInt(64);
    if (mode != PUNCH_HOLE_KEEP_SIZE && mode != ZERO_RANGE_KEEP_SIZE) {
      channel.fail(Errno.EOPNOTSUPP);
      return;
    }
    long offset = channel.offset();
    long length = Math.min(channel.requestLong(56), device.size() - offset);
    reply(channel, readOnly ? Errno.EROFS : attempt(() -> device.discard(offset, length)), 0);
  }

  private void attributes(FuseChannel channel) throws LinuxException {
    MemorySegment body = channel.body(104).fill((byte) 0);
    body.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, VALID_SECONDS);
    body.set(ValueLayout.JAVA_LONG_UNALIGNED, 16, 1); // inode
    body.set(ValueLayout.JAVA_LONG_UNALIGNED, 24, device.size());
    body.set(ValueLayout.JAVA_LONG_UNALIGNED, 32, device.size() / 512);
    body.set(ValueLayout.JAVA_INT_UNALIGNED, 76, S_IFREG_600);
    body.set(ValueLayout.JAVA_INT_UNALIGNED, 80, 1); // links
    body.set(ValueLayout.JAVA_INT_UNALIGNED, 96, BLOCK);
    channel.reply(104);
  }

  /**
   * Loop takes its discard granularity from bsize; without an answer it offers no discard at all.
   */
  private void statfs(FuseChannel channel) throws LinuxException {
    MemorySegment body = channel.body(80).fill((byte) 0);
    body.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, device.size() / BLOCK);
    body.set(ValueLayout.JAVA_INT_UNALIGNED, 40, BLOCK);
    body.set(ValueLayout.JAVA_INT_UNALIGNED, 44, 255); // name length
    body.set(ValueLayout.JAVA_INT_UNALIGNED, 48, BLOCK);
    channel.reply(80);
  }

  private static void reply(FuseChannel channel, int error, long size) throws LinuxException {
    if (error == 0) {
      channel.reply(size);
    } else {
      channel.fail(error);
    }
  }

  /** Something the device does. */
  private interface Action {
    void run() throws IOException;
  }

  /** The device keeps its failure and tells its owner; the kernel gets a number. */
  private int attempt(Action action) {
    try {
      action.run();
      return 0;
    } catch (ReadOnlyDeviceException e) {
      return Errno.EROFS;
    } catch (IOException e) {
      return e instanceof LinuxException known && known.is(Errno.ENOSPC) ? Errno.ENOSPC : Errno.EIO;
    } catch (RuntimeException | Error e) {
      device.fail(new IOException("serving the device failed: " + e, e));
      return Errno.EIO;
    }
  }

  /** Has the device's user know that it answers no more. */
  void fail(IOException reason) {
    device.fail(reason);
  }
}
