package dev.obdbuild.linux.uio;

import dev.obdbuild.linux.sys.DeviceNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A device that the kernel leaves to a process to serve.
 *
 * @param number of /dev/uioN
 * @param name what the kernel's side calls it
 */
public record UioDevice(int number, String name) {
  private static final Path SYSFS = Path.of("/sys/class/uio");

  /** All of the host, as of now. */
  public static List<UioDevice> all() throws IOException {
    List<UioDevice> found = new ArrayList<>();
    if (!Files.isDirectory(SYSFS)) {
      return found;
    }
    try (DirectoryStream<Path> devices = Files.newDirectoryStream(SYSFS, "uio*")) {
      for (Path device : devices) {
        String number = device.getFileName().toString().substring("uio".length());
        if (number.matches("[0-9]{1,9}")) {
          nameOf(device)
              .ifPresent(name -> found.add(new UioDevice(Integer.parseInt(number), name)));
        }
      }
    }
    return found;
  }

  private static Optional<String> nameOf(Path device) {
    try {
      return Optional.of(Files.readString(device.resolve("name")).strip());
    } catch (IOException e) {
      return Optional.empty(); // it went away while it was looked at
    }
  }

  /** /dev/uioN. */
  public Path node() {
    return Path.of("/dev/uio" + number);
  }

  private Path sysfs() {
    return SYSFS.resolve("uio" + number);
  }

  /** Size in bytes of the memory that the device shares. */
  public long mapSize() throws IOException {
    Path file = sysfs().resolve("maps/map0/size");
    String text = Files.readString(file).strip();
    try {
      return Long.decode(text);
    } catch (NumberFormatException e) {
      throw new IOException(file + " says '" + text + "'", e);
    }
  }

  /**
   * Opens the device, whose node is made where it is missing, and maps its memory.
   *
   * @throws dev.obdbuild.linux.sys.LinuxException EBUSY while another process has it open, for
   *     drivers that allow one
   * @throws NoSuchFileException when the device is gone
   */
  public UioMapping open() throws IOException {
    boolean made = DeviceNode.of(node(), false, sysfs()).ensure();
    return UioMapping.open(node(), mapSize(), made);
  }
}
