package dev.obdbuild.builder;

import dev.obdbuild.backstore.device.TcmuExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a host needs where this process builds by itself: root, devices, a container runtime and a
 * maker of filesystems. Whoever only speaks to a daemon needs none of it.
 */
public final class HostNeeds {

  private static final int ROOT = 0;
  private static final List<Path> DEVICES =
      List.of(Path.of("/dev/fuse"), Path.of("/dev/loop-control"));
  private static final List<String> SYSTEM_FOLDERS = List.of("/usr/sbin", "/sbin");

  private HostNeeds() {}

  /**
   * Finds out whether all of it is there.
   *
   * @param program who needs it, as the user knows it
   * @throws HostException when something is missing; the message says what and what to do
   */
  public static void check(String program) throws IOException {
    if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(ROOT)) {
      throw new HostException(
          program + " needs root for mounts, loop devices and containers: run it with sudo");
    }
    List<String> missing = missing(System.getenv());
    if (!missing.isEmpty()) {
      throw new HostException(
          "this host lacks " + String.join(" ", missing) + ": run 'obd-build setup'");
    }
  }

  /**
   * Finds out whether what a device alone needs is there.
   *
   * @throws HostException when something is missing
   */
  public static void checkDevices(String program) throws IOException {
    if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(ROOT)) {
      throw new HostException(program + " needs root for its devices: run it with sudo");
    }
    List<String> missing = missingDevices();
    if (!missing.isEmpty()) {
      throw new HostException("this host lacks " + String.join(" ", missing));
    }
  }

  private static List<String> missingDevices() {
    return DEVICES.stream().filter(device -> !Files.exists(device)).map(Path::toString).toList();
  }

  private static List<String> missing(Map<String, String> environment) throws IOException {
    List<String> missing = new ArrayList<>(missingDevices());
    if (!missing.isEmpty() && TcmuExporter.lacking().isEmpty()) {
      missing.clear(); // the kernel's own target makes devices without them
    }
    List<String> folders =
        new ArrayList<>(List.of(environment.getOrDefault("PATH", "").split(":")));
    folders.addAll(SYSTEM_FOLDERS);
    if (!has(folders, "crun") && !has(folders, "runc")) {
      missing.add("crun");
    }
    if (!has(folders, "mke2fs")) {
      missing.add("e2fsprogs");
    }
    return missing;
  }

  private static boolean has(List<String> folders, String program) {
    return folders.stream().anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
