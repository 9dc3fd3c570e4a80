package dev.obdbuild.worker.exec;

import dev.obdbuild.linux.mount.Mounts;
import dev.obdbuild.linux.sys.LinuxException;
import dev.obdbuild.oci.image.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Emulators registered with the kernel's {@code binfmt_misc}. Where that is not mounted, as in most
 * containers, it is mounted aside for as long as it is read. An entry counts for every platform
 * whose programs its pattern matches, whatever its name is; it must have the flag F: the kernel
 * then has the emulator open already, and starts it inside containers too.
 */
final class Emulators {

  private static final Path USUAL = Path.of("/proc/sys/fs/binfmt_misc");
  private static final String STATUS = "status";

  /** Platforms in BuildKit's order, with what the head of their programs says. */
  private static final List<Target> TARGETS =
      List.of(
          new Target("linux/amd64", 2, false, 62),
          new Target("linux/arm64", 2, false, 183),
          new Target("linux/riscv64", 2, false, 243),
          new Target("linux/ppc64", 2, true, 21),
          new Target("linux/ppc64le", 2, false, 21),
          new Target("linux/s390x", 2, true, 22),
          new Target("linux/386", 1, false, 3),
          new Target("linux/mips64le", 2, false, 8),
          new Target("linux/mips64", 2, true, 8),
          new Target("linux/loong64", 2, false, 258),
          new Target("linux/arm/v7", 1, false, 40),
          new Target("linux/arm/v6", 1, false, 40));

  private final Path temporary;

  Emulators(Path temporary) {
    this.temporary = temporary;
  }

  /** The platforms whose programs they run. */
  List<Platform> platforms() throws IOException {
    if (Files.exists(USUAL.resolve(STATUS))) {
      return platforms(USUAL);
    }
    Path folder = Files.createTempDirectory(temporary, "binfmt");
    try {
      Mounts.mount("binfmt_misc", folder, "binfmt_misc", Set.of(), "");
    } catch (LinuxException e) {
      Files.delete(folder); // the kernel has none, or lets nobody look here: then none is known
      return List.of();
    }
    try {
      return platforms(folder);
    } finally {
      Mounts.detach(folder);
      Files.delete(folder);
    }
  }

  private static List<Platform> platforms(Path folder) throws IOException {
    if (!Files.readString(folder.resolve(STATUS)).strip().equals("enabled")) {
      return List.of();
    }
    List<Pattern> patterns = new ArrayList<>();
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.sorted().toList()) {
        String name = String.valueOf(entry.getFileName());
        if (!name.equals(STATUS) && !name.equals("register")) {
          pattern(entry).ifPresent(patterns::add);
        }
      }
    }
    return TARGETS.stream()
        .filter(target -> patterns.stream().anyMatch(pattern -> pattern.matches(target.head())))
        .map(target -> Platform.parse(target.platform()))
        .toList();
  }

  private static Optional<Pattern> pattern(Path entry) throws IOException {
    try {
      return Pattern.of(Files.readAllLines(entry));
    } catch (NoSuchFileException e) {
      return Optional.empty(); // removed meanwhile
    }
  }

  /**
   * A platform and its programs.
   *
   * @param width 1 for 32 bits, 2 for 64
   * @param machine ELF's number of the processor
   */
  private record Target(String platform, int width, boolean bigEndian, int machine) {

    /** The first 20 bytes of an executable file: ELF's identification, type and machine. */
    byte[] head() {
      byte[] head = new byte[20];
      byte[] magic = {0x7f, 'E', 'L', 'F', (byte) width, (byte) (bigEndian ? 2 : 1), 1};
      System.arraycopy(magic, 0, head, 0, magic.length);
      int low = bigEndian ? 1 : 0;
      head[16 + low] = 2;
      head[18 + low] = (byte) machine;
      head[18 + 1 - low] = (byte) (machine >> 8);
      return head;
    }
  }
}
