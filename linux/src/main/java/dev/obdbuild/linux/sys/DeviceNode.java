package dev.obdbuild.linux.sys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file in /dev. The kernel makes it where devtmpfs is mounted there; where /dev is a plain
 * folder, as in containers, it is ours to make.
 *
 * @param block whether the device is a block device, else a character device
 */
public record DeviceNode(Path path, boolean block, int major, int minor) {
  private static final int S_IFBLK = 0060000;
  private static final int S_IFCHR = 0020000;
  private static final int OWNER_AND_GROUP = 0660;

  /**
   * The node of a device that sysfs describes.
   *
   * @param sysfs the device's folder, with its number in the file {@code dev}
   */
  public static DeviceNode of(Path path, boolean block, Path sysfs) throws IOException {
    String text = Files.readString(sysfs.resolve("dev")).strip();
    if (!text.matches("[0-9]{1,9}:[0-9]{1,9}")) {
      throw new IOException(sysfs.resolve("dev") + " says '" + text + "', not MAJOR:MINOR");
    }
    int colon = text.indexOf(':');
    return new DeviceNode(
        path,
        block,
        Integer.parseInt(text.substring(0, colon)),
        Integer.parseInt(text.substring(colon + 1)));
  }

  /**
   * Makes the node unless it is there.
   *
   * @return whether it was made, and so is the caller's to remove
   * @throws IOException also when another device's node is there
   */
  public boolean ensure() throws IOException {
    if (!Files.exists(path)) {
      int mode = (block ? S_IFBLK : S_IFCHR) | OWNER_AND_GROUP;
      if (Holder.CALLS.mknod(path.toString(), mode, number()) == 0) {
        return true;
      }
      if (Libc.errno() != Errno.EEXIST) {
        throw new LinuxException("mknod", path.toString(), Libc.errno());
      }
    }
    long there = ((Number) Files.getAttribute(path, "unix:rdev")).longValue();
    if (there != number()) {
      throw new IOException(
          path + " is the node of device " + there + " instead of " + major + ":" + minor);
    }
    return false;
  }

  /** As stat(2) and mknod(2) have it: minor bits above the eighth lie behind the major number. */
  private long number() {
    return (long) major << 8 | (minor & 0xFF) | (long) (minor & ~0xFF) << 12;
  }

  /** Binds on first use. */
  private static final class Holder {
    static final NodeCalls CALLS = Libc.load(NodeCalls.class);
  }
}
