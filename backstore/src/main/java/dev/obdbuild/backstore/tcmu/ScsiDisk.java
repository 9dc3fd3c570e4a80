package dev.obdbuild.backstore.tcmu;

import dev.obdbuild.linux.sys.Descriptor;
import dev.obdbuild.linux.sys.DeviceNode;
import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A disk that the kernel made of a device.
 *
 * @param sysfs the SCSI device's folder
 * @param node such as /dev/sdb; made if /dev is not the kernel's
 * @param madeNode whether it was made here
 */
public record ScsiDisk(Path sysfs, DeviceNode node, boolean madeNode) {
  private static final Path DEVICES = Path.of("/sys/bus/scsi/devices");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int PAUSE_MILLIS = 2;

  /**
   * Commands of a disk that nobody serves end in errors after this time: long enough for whoever
   * takes over.
   */
  private static final String SECONDS = "3600";

  /**
   * Waits until the disk at an address is ready for use.
   *
   * @param address HOST:CHANNEL:TARGET:LUN
   */
  static ScsiDisk find(String address) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      // The kernel makes the disk in a thread of its own, and sets its size before it shows it.
      Optional<ScsiDisk> disk = ifThere(address);
      if (disk.isPresent() && disk.get().opens()) {
        Files.writeString(disk.get().sysfs().resolve("timeout"), SECONDS);
        return disk.get();
      }
      pause();
    }
    throw new IOException("no disk at " + address + " after " + PATIENCE.toSeconds() + " s");
  }

  /** The folder in sysfs is there a moment before the disk can be opened (seen). */
  private boolean opens() throws IOException {
    try {
      Descriptor.read(node.path()).close();
      return true;
    } catch (LinuxException e) {
      if (e.is(Errno.ENXIO)) {
        return false;
      }
      throw e;
    }
  }

  /** The disk at an address, as soon as sysfs shows it. */
  static Optional<ScsiDisk> ifThere(String address) throws IOException {
    if (!address.matches("[0-9]+:[0-9]+:[0-9]+:[0-9]+")) {
      throw new IOException("SCSI address '" + address + "'");
    }
    Path sysfs = DEVICES.resolve(address);
    try (DirectoryStream<Path> blocks = Files.newDirectoryStream(sysfs.resolve("block"))) {
      for (Path block : blocks) {
        Path path = Path.of("/dev").resolve(block.getFileName().toString());
        DeviceNode node = DeviceNode.of(path, true, block);
        return Optional.of(new ScsiDisk(sysfs, node, node.ensure()));
      }
      return Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a disk was made", e);
    }
  }

  /** Has the kernel refuse everything from now on, and take the disk away without asking it. */
  public void offline() throws IOException {
    Files.writeString(sysfs.resolve("state"), "offline\n"); // not without a line's end
    // Else the kernel would flush it when it goes, whatever its state, and wait for the answer.
    Path cache = sysfs.resolve("scsi_disk").resolve(sysfs.getFileName()).resolve("cache_type");
    Files.writeString(cache, "temporary write through\n");
  }

  /** Removes the node if it was made here. */
  public void forget() throws IOException {
    if (madeNode) {
      Files.deleteIfExists(node.path());
    }
  }
}
