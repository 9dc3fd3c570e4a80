package dev.obdbuild.builder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this host calls itself. Asks the kernel and no name service, which need not know of it. */
public final class HostName {
  private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

  private HostName() {}

  /** The name, also where it stands for no address. */
  public static String own() throws IOException {
    return Files.readString(KERNEL).strip();
  }
}
