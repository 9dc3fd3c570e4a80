package dev.obdbuild.linux.loop;

import dev.obdbuild.linux.sys.Descriptor;
import dev.obdbuild.linux.sys.DeviceNode;
import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One loop device of the kernel, named by its number. Says nothing of whether a file is attached to
 * it.
 */
public record LoopDevice(int number) {
  private static final Path CONTROL = Path.of("/dev/loop-control");
  private static final Path SYSFS = Path.of("/sys/block");

  private static final long LOOP_CTL_GET_FREE = 0x4C82;
  private static final long LOOP_CONFIGURE = 0x4C0A;
  private static final long LOOP_CLR_FD = 0x4C01;

  /** struct loop_config: fd, block_size, then struct loop_info64. */
  private static final int CONFIG_SIZE = 304;

  private static final int CONFIG_BLOCK_SIZE = 4;
  private static final int CONFIG_FLAGS = 60;
  private static final int CONFIG_NAME = 64;
  private static final int NAME_LENGTH = 64;

  private static final int MAJOR = 7;

  /** Free numbers are raced for by every process of the host. */
  private static final int ATTEMPTS = 64;

  /**
   * Attaches an open file to a free loop device.
   *
   * <p>The returned descriptor holds the device open, so that {@link LoopOptions#autoClear} does
   * not clear it before it is used; the caller closes it.
   *
   * @throws LinuxException from LOOP_CONFIGURE, EBUSY when other processes took every free device
   */
  public static Attached attach(Descriptor file, LoopOptions options) throws IOException {
    for (int attempt = 1; ; attempt++) {
      LoopDevice device = free();
      // The kernel may not fill /dev, as in containers; a node stays, for the next user.
      new DeviceNode(device.node(), true, MAJOR, device.number()).ensure();
      Descriptor node = Descriptor.readWrite(device.node());
      try (node) {
        device.configure(node, file, options);
        // Held for reading only: hardened kernels refuse to mount a device that is open for
        // writing.
        return new Attached(device, Descriptor.read(device.node()));
      } catch (LinuxException e) {
        if (!e.is(Errno.EBUSY) || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static LoopDevice free() throws IOException {
    try (Descriptor control = Descriptor.readWrite(CONTROL)) {
      return new LoopDevice(control.ioctl("LOOP_CTL_GET_FREE", LOOP_CTL_GET_FREE, 0));
    }
  }

  private void configure(Descriptor node, Descriptor file, LoopOptions options)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment config = arena.allocate(CONFIG_SIZE, 8);
      config.set(ValueLayout.JAVA_INT, 0, file.number());
      config.set(ValueLayout.JAVA_INT, CONFIG_BLOCK_SIZE, options.sectorSize());
      config.set(ValueLayout.JAVA_INT, CONFIG_FLAGS, options.flags());
      byte[] name = file.name().getBytes(StandardCharsets.UTF_8);
      MemorySegment.copy(
          name,
          0,
          config,
          ValueLayout.JAVA_BYTE,
          CONFIG_NAME,
          Math.min(name.length, NAME_LENGTH - 1));
      node.ioctl(
          "LOOP_CONFIGURE(" + file.name() + ", " + options + ")", LOOP_CONFIGURE, config.address());
    }
  }

  /** The loop device of a node such as /dev/loop3, if it is one. */
  public static Optional<LoopDevice> ofNode(Path node) {
    String name = node.toString();
    if (!name.matches("/dev/loop[0-9]{1,7}")) {
      return Optional.empty();
    }
    return Optional.of(new LoopDevice(Integer.parseInt(name.substring("/dev/loop".length()))));
  }

  /** All loop devices that have a file attached. */
  public static List<LoopDevice> attached() throws IOException {
    List<LoopDevice> found = new ArrayList<>();
    try (DirectoryStream<Path> blocks = Files.newDirectoryStream(SYSFS, "loop*")) {
      for (Path block : blocks) {
        if (Files.exists(block.resolve("loop/backing_file"))) {
          ofNode(Path.of("/dev").resolve(block.getFileName().toString())).ifPresent(found::add);
        }
      }
    }
    return found;
  }

  /** /dev/loopN. */
  public Path node() {
    return Path.of("/dev/loop" + number);
  }

  /**
   * The path of the attached file as the kernel tells it; empty when none is attached. A removed
   * file's path is told without the kernel's " (deleted)".
   */
  public Optional<Path> backingFile() throws IOException {
    return attribute("backing_file")
        .map(
            text ->
                text.endsWith(" (deleted)")
                    ? text.substring(0, text.length() - " (deleted)".length())
                    : text)
        .map(Path::of);
  }

  /** Whether direct I/O took. */
  public boolean directIo() throws IOException {
    return attribute("dio").filter("1"::equals).isPresent();
  }

  private Optional<String> attribute(String name) throws IOException {
    try {
      String text =
          Files.readString(SYSFS.resolve("loop" + number).resolve("loop").resolve(name)).strip();
      return text.isEmpty() ? Optional.empty() : Optional.of(text);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("No such device")) {
        return Optional.empty(); // cleared between open and read
      }
      throw e;
    }
  }

  /**
   * Detaches the file. While the device is in use (mounted, opened) the kernel only notes it and
   * detaches at the last close. Nothing happens when no file is attached.
   */
  public void clear() throws LinuxException {
    try (Descriptor node = Descriptor.readWrite(node())) {
      clear(node);
    } catch (LinuxException e) {
      if (!e.is(Errno.ENXIO) && !e.is(Errno.ENOENT)) {
        throw e;
      }
    }
  }

  private static void clear(Descriptor node) throws LinuxException {
    try {
      node.ioctl("LOOP_CLR_FD", LOOP_CLR_FD, 0);
    } catch (LinuxException e) {
      if (!e.is(Errno.ENXIO)) {
        throw e;
      }
    }
  }

  /** A loop device and the descriptor that keeps it. */
  public record Attached(LoopDevice device, Descriptor node) implements AutoCloseable {
    /**
     * Detaches the file and lets go of the device; it is free at once unless somebody else uses it.
     */
    @Override
    public void close() throws LinuxException {
      try (node) {
        clear(node);
      }
    }
  }
}
