package dev.obdbuild.snapshots.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's current boot. */
public final class Boot {
  private Boot() {}

  /** An id that changes with every start of the machine. */
  public static String id() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
  }
}
