package dev.obdbuild.backstore.device;

import dev.obdbuild.linux.loop.LoopDevice;
import dev.obdbuild.linux.sys.Descriptor;
import dev.obdbuild.linux.sys.DeviceNode;
import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
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
 * @param here mount targets in this namespace, and processes with open files
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

  /** Of a block device that says nothing of its users, open files among them. */
  static DeviceUsers of(DeviceNode node) throws IOException {
    DeviceUsers users = new DeviceUsers(new ArrayList<>(), new ArrayList<>());
    users.addOpenFiles(node.path());
    if (isMounted(node.path())) {
      users.add(" " + node.major() + ":" + node.minor() + " ");
    }
    return users;
  }

  /** Whether the kernel itself, that is a filesystem, has claimed it; whatever the namespace. */
  private static boolean isMounted(Path node) throws IOException {
    try {
      Descriptor.readExclusively(node).close();
      return false;
    } catch (LinuxException e) {
      if (e.is(Errno.EBUSY)) {
        return true;
      }
      if (e.is(Errno.ENXIO) || e.is(Errno.ENODEV) || e.is(Errno.ENOENT)) {
        return false; // it is gone
      }
      throw e;
    }
  }

  /** Of processes in this namespace: the files of all of a host's take tens of milliseconds. */
  private void addOpenFiles(Path node) throws IOException {
    Path own = Files.readSymbolicLink(PROC.resolve("self/ns/mnt"));
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[1-9]*")) {
      for (Path process : processes) {
        if (hasOpen(process, own, node)) {
          here.add("an open file of process " + process.getFileName());
        }
      }
    }
  }

  private static boolean hasOpen(Path process, Path namespace, Path node) {
    try {
      if (!Files.readSymbolicLink(process.resolve("ns/mnt")).equals(namespace)) {
        return false;
      }
      try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
        for (Path file : files) {
          if (Files.readSymbolicLink(file).equals(node)) {
            return true;
          }
        }
      }
      return false;
    } catch (IOException | DirectoryIteratorException e) {
      return false; // the process ended while it was looked at, or is none of ours to look at
    }
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

  boolean none() {
    return here.isEmpty() && elsewhere.isEmpty();
  }

  /** Whether only namespaces other than this one keep the device. */
  boolean onlyElsewhere() {
    return here.isEmpty() && !elsewhere.isEmpty();
  }

  @Override
  public String toString() {
    return none()
        ? "by an open file"
        : "by " + here + ", in other mount namespaces by " + elsewhere;
  }
}
