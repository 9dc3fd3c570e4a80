package dev.obdbuild.backstore.device;

import dev.obdbuild.linux.loop.LoopDevice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Who keeps a device that ought to be free: mounts of it, in this mount namespace and in others. A
 * namespace made while the device was mounted keeps it until it ends, whether anybody in it cares
 * or not.
 *
 * @param here mount targets in this namespace
 * @param elsewhere processes of other namespaces, with their mount targets
 */
record DeviceUsers(List<String> here, List<String> elsewhere) {
  private static final Path PROC = Path.of("/proc");
  private static final int LOOP_MAJOR = 7;

  /** Of the loop device over {@code file}, as far as /proc shows. */
  static DeviceUsers of(Path file) throws IOException {
    DeviceUsers users = new DeviceUsers(new ArrayList<>(), new ArrayList<>());
    for (LoopDevice loop : LoopDevice.attached()) {
      if (loop.backingFile().filter(file::equals).isPresent()) {
        users.add(" " + LOOP_MAJOR + ":" + loop.number() + " ");
      }
    }
    return users;
  }

  private void add(String device) throws IOException {
    Path own = Files.readSymbolicLink(PROC.resolve("self/ns/mnt"));
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[1-9]*")) {
      for (Path process : processes) {
        try {
          boolean same = Files.readSymbolicLink(process.resolve("ns/mnt")).equals(own);
          String table =
              new String(Files.readAllBytes(process.resolve("mountinfo")), StandardCharsets.UTF_8);
          for (String line : table.split("\n")) {
            if (line.contains(device)) {
              String target = line.split(" ")[4];
              List<String> list = same ? here : elsewhere;
              String user = same ? target : "process " + process.getFileName() + " at " + target;
              if (!list.contains(user)) {
                list.add(user);
              }
            }
          }
        } catch (IOException e) {
          continue; // the process ended while it was looked at, or is none of ours to look at
        }
      }
    }
  }

  /** Whether only namespaces other than this one keep the device. */
  boolean onlyElsewhere() {
    return here.isEmpty() && !elsewhere.isEmpty();
  }

  @Override
  public String toString() {
    return here.isEmpty() && elsewhere.isEmpty()
        ? "by an open file"
        : "mounted at " + here + ", in other mount namespaces by " + elsewhere;
  }
}
