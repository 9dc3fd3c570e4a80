package dev.obdbuild.worker.exec;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Which devices a container may open. */
final class HostDevices {

  /** null, zero, full, random, urandom, tty, console, ptmx, all pseudo terminals (-1). */
  private static final int[][] STANDARD = {
    {1, 3}, {1, 5}, {1, 7}, {1, 8}, {1, 9}, {5, 0}, {5, 1}, {5, 2}, {136, -1}
  };

  private static final List<String> MADE_BY_RUNTIME = List.of("ptmx", "console");

  private HostDevices() {}

  /** Making any node is allowed (CAP_MKNOD is a default), opening only the harmless ones. */
  static void allowStandard(ArrayNode rules) {
    rules.addObject().put("allow", false).put("access", "rwm");
    rules.addObject().put("allow", true).put("type", "c").put("access", "m");
    rules.addObject().put("allow", true).put("type", "b").put("access", "m");
    for (int[] device : STANDARD) {
      ObjectNode rule = rules.addObject();
      rule.put("allow", true).put("type", "c").put("major", device[0]);
      if (device[1] >= 0) {
        rule.put("minor", device[1]);
      }
      rule.put("access", "rwm");
    }
  }

  /** The nodes directly below the host's /dev, for a container without a sandbox. */
  static void describe(ArrayNode devices) throws IOException {
    try (Root root = Root.open(Path.of("/dev"));
        Dir dev = root.dir(RawPath.EMPTY)) {
      for (DirEntry entry : dev.list()) {
        Optional<Stat> found =
            MADE_BY_RUNTIME.contains(entry.name().text())
                ? Optional.empty()
                : dev.find(entry.name());
        found.ifPresent(stat -> describe(devices, "/dev/" + entry.name().text(), stat));
      }
    }
  }

  private static void describe(ArrayNode devices, String path, Stat stat) {
    if (stat.type() != FileType.CHARACTER && stat.type() != FileType.BLOCK) {
      return;
    }
    devices
        .addObject()
        .put("path", path)
        .put("type", stat.type() == FileType.CHARACTER ? "c" : "b")
        .put("major", stat.rdevMajor())
        .put("minor", stat.rdevMinor())
        .put("fileMode", stat.permissions())
        .put("uid", stat.owner().uid())
        .put("gid", stat.owner().gid());
  }
}
