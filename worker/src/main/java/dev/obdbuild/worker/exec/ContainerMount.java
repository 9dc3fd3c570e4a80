package dev.obdbuild.worker.exec;

import java.nio.file.Path;
import java.util.List;

/** Something mounted into a container beside its root filesystem. */
public sealed interface ContainerMount {

  /** Absolute path inside the container. */
  String target();

  /**
   * A file or folder of the host.
   *
   * @param source absolute path on the host; must exist
   */
  record Bind(Path source, String target, boolean readOnly) implements ContainerMount {}

  /**
   * Something of the host's with the options of a mount given one by one, as the vendor of a device
   * wants it.
   *
   * @param type of filesystem; empty for a bind
   */
  record Vendor(Path source, String target, String type, List<String> options)
      implements ContainerMount {
    public Vendor {
      options = List.copyOf(options);
    }
  }

  /**
   * Memory.
   *
   * @param bytes upper bound, 0 for the kernel's default
   */
  record Tmpfs(String target, long bytes) implements ContainerMount {}

  /**
   * A file that exists only in memory and only while the container runs.
   *
   * @param mode permission bits
   */
  record Secret(String target, byte[] content, int uid, int gid, int mode)
      implements ContainerMount {

    @Override
    public String toString() {
      return "Secret[target=" + target + "]";
    }
  }
}
