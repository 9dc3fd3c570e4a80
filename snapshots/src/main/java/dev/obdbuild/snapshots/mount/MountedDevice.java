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
 * A filesystem on a device of ours, mounted on a folder without access times. All calls belong on
 * {@link MountThreads}; one at a time.
 */
public final class MountedDevice {
  private static final long BUSY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Path node;
  private final Path target;
  private final Form form;

  /**
   * What kind of filesystem it is and how it is mounted.
   *
   * @param type as mount(2) names it
   * @param options for each mount and remount
   */
  public record Form(String type, String options) {}

  private MountedDevice(Path node, Path target, Form form) {
    this.node = node;
    this.target = target;
    this.form = form;
  }

  /** Mounts the device {@code node} on the folder {@code target}. */
  public static MountedDevice mount(Path node, Path target, Form form, boolean readOnly)
      throws IOException {
    Mounts.mount(node.toString(), target, form.type(), flags(readOnly), form.options());
    return new MountedDevice(node, target, form);
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
        Mounts.remount(target, flags(true), form.options());
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
    Mounts.remount(target, flags(false), form.options());
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
