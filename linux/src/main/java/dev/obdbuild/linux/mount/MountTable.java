package dev.obdbuild.linux.mount;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is mounted in this process's mount namespace, as read at one moment, in the kernel's order
 * (oldest first).
 */
public record MountTable(List<MountPoint> mounts) {
  private static final Path SELF = Path.of("/proc/self/mountinfo");

  public MountTable {
    mounts = List.copyOf(mounts);
  }

  /** Reads the table. */
  public static MountTable read() throws IOException {
    return parse(new String(Files.readAllBytes(SELF), StandardCharsets.UTF_8));
  }

  static MountTable parse(String mountinfo) throws IOException {
    List<MountPoint> mounts = new ArrayList<>();
    for (String line : mountinfo.split("\n")) {
      if (!line.isEmpty()) {
        mounts.add(MountPoint.parse(line));
      }
    }
    return new MountTable(mounts);
  }

  /** The topmost mount whose target is exactly {@code target}. */
  public Optional<MountPoint> at(Path target) {
    Path wanted = target.toAbsolutePath().normalize();
    return mounts.reversed().stream().filter(mount -> mount.target().equals(wanted)).findFirst();
  }

  /** Mounts at or below a folder, newest first: the order in which to unmount them. */
  public List<MountPoint> below(Path folder) {
    Path wanted = folder.toAbsolutePath().normalize();
    return mounts.reversed().stream().filter(mount -> mount.target().startsWith(wanted)).toList();
  }

  /** Mounts of a block device given by its node or other source name. */
  public List<MountPoint> from(String source) {
    return mounts.stream().filter(mount -> mount.source().equals(source)).toList();
  }
}
