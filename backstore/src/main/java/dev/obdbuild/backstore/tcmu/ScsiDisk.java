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
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/**
 * A disk that the kernel made of a device.
 *
 * @param sysfs the SCSI device's folder
 * @param node such as /dev/sdb; made if /dev is not the kernel's
 */
public record ScsiDisk(Path sysfs, DeviceNode node) {
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
        set(disk.get().sysfs().resolve("timeout"), SECONDS);
        return disk.get();
      }
      pause();
    }
    throw new IOException("no disk at " + address + " after " + PATIENCE.toSeconds() + " s");
  }

  /** The folder in sysfs is there a moment before the disk can be opened (seen). */
  private boolean opens() throws IOException {
    node.ensure();
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
    Path sysfs = sysfs(address);
    try (DirectoryStream<Path> blocks = Files.newDirectoryStream(sysfs.resolve("block"))) {
      for (Path block : blocks) {
        Path path = Path.of("/dev").resolve(block.getFileName().toString());
        return Optional.of(new ScsiDisk(sysfs, DeviceNode.of(path, true, block)));
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

  private static Path sysfs(String address) throws IOException {
    if (!address.matches("[0-9]+:[0-9]+:[0-9]+:[0-9]+")) {
      throw new IOException("SCSI address '" + address + "'");
    }
    return DEVICES.resolve(address);
  }

  /**
   * Has the kernel refuse everything from now on, and take the disk away without asking it.
   *
   * @return false when there is no disk at the address, not even a half-made one
   */
  static boolean offline(String address) throws IOException {
    Path sysfs = sysfs(address);
    if (!set(sysfs.resolve("state"), "offline")) {
      return false;
    }
    // Else the kernel would flush it when it goes, whatever its state, and wait for the answer.
    Path cache = sysfs.resolve("scsi_disk").resolve(address).resolve("cache_type");
    var _ = set(cache, "temporary write through");
    return true;
  }

  /** Whether {@link #offline} was called for the disk at an address, and nobody took it back. */
  static boolean isOffline(String address) throws IOException {
    try {
      return Files.readString(sysfs(address).resolve("state")).strip().equals("offline");
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** The kernel wants the line's end. @return false when there is no such attribute */
  private static boolean set(Path attribute, String value) throws IOException {
    try {
      Files.writeString(attribute, value + "\n", StandardOpenOption.WRITE);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Removes the node where /dev is not the kernel's, who removes its own. */
  public void forget() throws IOException {
    if (!Files.getFileStore(node.path().getParent()).type().equals("devtmpfs")) {
      Files.deleteIfExists(node.path());
    }
  }
}
