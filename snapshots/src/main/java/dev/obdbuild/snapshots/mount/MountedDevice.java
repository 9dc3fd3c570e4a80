package dev.obdbuild.snapshots.mount;

import dev.obdbuild.linux.mount.MountFlag;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.linux.mount.Mounts;
import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * An ext4 filesystem on a device of ours, mounted on a folder. All calls belong on {@link
 * MountThreads}; one at a time.
 *
 * <p>Mounted without access times, write barriers (nothing here needs to survive a power cut before
 * it is sealed) and the kernel's background work, which would initialise the inode tables and read
 * the bitmaps of all block groups, of a lazy base too.
 */
public final class MountedDevice {
  private static final String OPTIONS =
      "nobarrier,noinit_itable,no_prefetch_block_bitmaps,errors=remount-ro";
  private static final long BUSY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Path node;
  private final Path target;

  private MountedDevice(Path node, Path target) {
    this.node = node;
    this.target = target;
  }

  /** Mounts the device {@code node} on the folder {@code target}. */
  public static MountedDevice mount(Path node, Path target, boolean readOnly) throws IOException {
    Mounts.mount(node.toString(), target, "ext4", flags(readOnly), OPTIONS);
    return new MountedDevice(node, target);
  }

  public Path path() {
    return target;
  }

  /**
   * Makes the filesystem read-only, which writes back all it holds and marks it clean. Somebody who
   * still has a file open for writing gets a second to end.
   *
   * @throws IOException after that second, naming the holder
   */
  public void remountReadOnly() throws IOException {
    long deadline = System.nanoTime() + BUSY_NANOS;
    while (true) {
      try {
        Mounts.remount(target, flags(true), OPTIONS);
        return;
      } catch (LinuxException e) {
        if (!e.is(Errno.EBUSY)) {
          throw e;
        }
        if (System.nanoTime() > deadline) {
          throw new IOException(
              "the root filesystem is still being written by " + Holders.describe(target), e);
        }
        pause();
      }
    }
  }

  /** Lets the filesystem be written again. */
  public void remountReadWrite() throws IOException {
    Mounts.remount(target, flags(false), OPTIONS);
  }

  /**
   * Unmounts; nothing happens when somebody else did already. Who still uses the filesystem gets a
   * second; after that it goes out of sight and ends with its last user.
   *
   * @return whether nobody held it
   */
  public boolean unmount() throws IOException {
    long deadline = System.nanoTime() + BUSY_NANOS;
    boolean clean = true;
    while (mounted()) {
      try {
        Mounts.unmount(target);
        break;
      } catch (LinuxException e) {
        if (!e.is(Errno.EBUSY)) {
          throw e;
        }
        if (System.nanoTime() > deadline) {
          Mounts.detach(target);
          clean = false;
          break;
        }
        pause();
      }
    }
    return clean;
  }

  /** What is mounted there now may be somebody else's. */
  private boolean mounted() throws IOException {
    return MountTable.read()
        .at(target)
        .filter(mount -> mount.source().equals(node.toString()))
        .isPresent();
  }

  private static Set<MountFlag> flags(boolean readOnly) {
    EnumSet<MountFlag> flags = EnumSet.of(MountFlag.NO_ATIME);
    if (readOnly) {
      flags.add(MountFlag.READ_ONLY);
    }
    return flags;
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a mount was busy", e);
    }
  }
}
