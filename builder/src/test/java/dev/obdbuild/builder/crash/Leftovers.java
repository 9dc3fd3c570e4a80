package dev.obdbuild.builder.crash;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What builds over one state folder have left on this host, seen from outside. */
public final class Leftovers {

  private static final Path CGROUPS = Path.of("/sys/fs/cgroup/pids");

  private final Path root;
  private final List<Path> foreignGroups;

  /** Looks around before the first build: what is there then is somebody else's. */
  public Leftovers(Path root) throws IOException {
    this.root = root;
    this.foreignGroups = groups();
  }

  /**
   * Every mount, loop device, process, cgroup and per-process folder, one a line; empty is clean.
   */
  public List<String> find() throws IOException {
    List<String> found = new ArrayList<>();
    mounts(found);
    loops(found);
    processes(found);
    cgroups(found);
    folders(found);
    return found;
  }

  private void mounts(List<String> found) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
      lines.filter(l -> l.contains(root.toString())).forEach(l -> found.add("mount: " + l));
    }
  }

  private void loops(List<String> found) throws IOException {
    try (DirectoryStream<Path> loops = Files.newDirectoryStream(Path.of("/sys/block"), "loop*")) {
      for (Path loop : loops) {
        Path backing = loop.resolve("loop/backing_file");
        try {
          String file = Files.readString(backing).strip();
          if (file.contains(root.toString())) {
            found.add("loop: " + loop.getFileName() + " over " + file);
          }
        } catch (NoSuchFileException e) {
          // A loop device that is not bound has no such file.
          continue;
        }
      }
    }
  }

  private void processes(List<String> found) {
    ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").contains(root.toString()))
        .filter(p -> p.pid() != ProcessHandle.current().pid())
        .filter(p -> ProcessHandle.current().parent().stream().noneMatch(p::equals))
        .filter(p -> !p.info().commandLine().orElse("").contains("surefire"))
        .forEach(p -> found.add("process: " + p.pid() + " " + p.info().commandLine().orElse("?")));
  }

  private void cgroups(List<String> found) throws IOException {
    groups().stream()
        .filter(g -> !foreignGroups.contains(g))
        .forEach(g -> found.add("cgroup: " + g));
  }

  private static List<Path> groups() throws IOException {
    List<Path> groups = new ArrayList<>();
    if (Files.isDirectory(CGROUPS)) {
      try (DirectoryStream<Path> there = Files.newDirectoryStream(CGROUPS, "obd-*")) {
        there.forEach(groups::add);
      }
    }
    return groups;
  }

  private void folders(List<String> found) throws IOException {
    Path run = root.resolve("run");
    if (!Files.isDirectory(run)) {
      return;
    }
    try (DirectoryStream<Path> owners = Files.newDirectoryStream(run)) {
      owners.forEach(o -> found.add("folder of a process: " + o));
    }
  }
}
