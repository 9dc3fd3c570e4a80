package dev.obdbuild.linux.fuse;

import dev.obdbuild.linux.mount.MountFlag;
import dev.obdbuild.linux.mount.MountPoint;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.linux.mount.Mounts;
import dev.obdbuild.linux.sys.Descriptor;
import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.EnumSet;

/**
 * An open /dev/fuse with one mount on it whose root is a regular file. Thread-safe: any number of
 * {@link FuseChannel}s may be served at once.
 *
 * <p>Closing the session while nobody else holds the descriptor aborts the connection: every
 * waiting and later access to the file fails. It does not unmount.
 */
public final class FuseSession implements Closeable {
  private static final Path DEVICE = Path.of("/dev/fuse");

  private static final int NOTIFY_RESEND = 7;

  private final Descriptor device;
  private final Path file;

  private FuseSession(Descriptor device, Path file) {
    this.device = device;
    this.file = file;
  }

  /**
   * Mounts on {@code file}, which must exist, be a regular file and stay empty. Requests wait until
   * somebody serves them; the first is INIT.
   */
  public static FuseSession mount(Path file) throws IOException {
    Descriptor device = Descriptor.readWrite(DEVICE);
    try {
      String options =
          "fd=" + device.number() + ",rootmode=100600,user_id=0,group_id=0,allow_other";
      Mounts.mount(
          "obd", file, "fuse.obd", EnumSet.of(MountFlag.NO_SUID, MountFlag.NO_DEV), options);
    } catch (LinuxException e) {
      device.close();
      throw e;
    }
    return new FuseSession(device, file);
  }

  /**
   * A session that another process mounted and that a keeper kept. Takes over the descriptor. What
   * was agreed on at its INIT stays; see {@link #resend}.
   */
  public static FuseSession adopt(Descriptor device, Path file) {
    return new FuseSession(device, file);
  }

  /**
   * Has the kernel hand out again what the dead process had read and not answered. Such requests
   * are carried out twice, perhaps.
   *
   * @throws LinuxException EINVAL from kernels before 6.9
   */
  public void resend() throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment message = arena.allocate(FuseChannel.REPLY_HEADER, Long.BYTES);
      message.set(ValueLayout.JAVA_INT, 0, FuseChannel.REPLY_HEADER);
      message.set(ValueLayout.JAVA_INT, 4, NOTIFY_RESEND);
      long result = new DeviceCalls(arena).write(fd(), message);
      if (result < 0) {
        throw new LinuxException("FUSE_NOTIFY_RESEND", "/dev/fuse of " + file, (int) -result);
      }
    }
  }

  /** The open /dev/fuse, for a keeper; stays the session's. */
  public Descriptor device() {
    return device;
  }

  /** The mounted file. */
  public Path file() {
    return file;
  }

  /** A channel for one serving thread, for reads and writes of up to {@code maxTransfer} bytes. */
  public FuseChannel channel(int maxTransfer) {
    return new FuseChannel(this, maxTransfer);
  }

  /** The kernel's handle for {@link FuseConnection#abort}, looked up in the mount table. */
  public FuseConnection connection() throws IOException {
    MountPoint mount =
        MountTable.read()
            .at(file)
            .orElseThrow(() -> new IOException(file + " is not in the mount table"));
    return new FuseConnection(mount.minor());
  }

  int fd() {
    return device.number();
  }

  void send(DeviceCalls calls, MemorySegment message, long unique, int errno, long size)
      throws LinuxException {
    long length = FuseChannel.REPLY_HEADER + size;
    message.set(ValueLayout.JAVA_INT_UNALIGNED, 0, (int) length);
    message.set(ValueLayout.JAVA_INT_UNALIGNED, 4, -errno);
    message.set(ValueLayout.JAVA_LONG_UNALIGNED, 8, unique);
    long result = calls.write(fd(), message.asSlice(0, length));
    // ENOENT: the request was interrupted and is gone. The other two: the session ended meanwhile.
    if (result < 0
        && result != -Errno.ENOENT
        && result != -Errno.ENODEV
        && result != -Errno.ECONNABORTED) {
      throw new LinuxException("write", "/dev/fuse of " + file, (int) -result);
    }
  }

  @Override
  public void close() throws LinuxException {
    device.close();
  }
}
