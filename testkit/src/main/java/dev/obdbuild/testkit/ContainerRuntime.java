package dev.obdbuild.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The machine's crun or runc, as they run in the mount namespace that our launcher makes. */
public final class ContainerRuntime {
  private ContainerRuntime() {}

  /**
   * Writes a program that is the runtime but for the hybrid cgroup layout, which crun refuses: that
   * is unmounted in a namespace of its own. Who uses it says {@code @NeedsTool(name)}.
   *
   * @param folder gets the program, under the same name
   * @param name {@code crun} or {@code runc}
   */
  public static Path in(Path folder, String name) throws IOException {
    Path script = folder.resolve(name);
    Files.writeString(
        script,
        """
        #!/bin/sh
        exec unshare -m --propagation slave sh -c \
          'umount /sys/fs/cgroup/unified 2>/dev/null; exec %s "$@"' sh "$@"
        """
            .formatted(name));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return script;
  }
}
