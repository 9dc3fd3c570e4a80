package dev.obdbuild.worker.exec;

import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.worker.cdi.ContainerEdits;
import dev.obdbuild.worker.cdi.ContainerEdits.DeviceNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What devices of the host bring with them, put into a container's configuration. Their mounts are
 * not among it: those are mounts like others ({@link Bundle}).
 */
final class VendorDevices {

  private VendorDevices() {}

  /**
   * Edits a configuration.
   *
   * @throws IOException when a node of the host is not there or of another type
   */
  static void edit(ObjectNode config, ContainerEdits edits, ContainerUser user) throws IOException {
    ObjectNode process = config.withObject("/process");
    environment(process.withArray("env"), edits.env());
    ArrayNode groups = process.withObject("/user").withArray("additionalGids");
    edits.groups().stream().filter(group -> group != 0).forEach(groups::add);
    ObjectNode linux = config.withObject("/linux");
    for (DeviceNode node : edits.deviceNodes()) {
      device(linux, node, user);
    }
    for (ContainerEdits.Hook hook : edits.hooks()) {
      ObjectNode out = config.withObject("/hooks").withArray(hook.name()).addObject();
      out.put("path", hook.path());
      hook.args().forEach(out.putArray("args")::add);
      hook.env().forEach(out.putArray("env")::add);
      hook.timeout().ifPresent(seconds -> out.put("timeout", seconds));
    }
    if (!edits.intelRdt().isEmpty()) {
      linux.putPOJO("intelRdt", edits.intelRdt());
    }
  }

  /** An entry takes the place of one with the same name. */
  private static void environment(ArrayNode env, List<String> entries) {
    List<String> all = new ArrayList<>();
    env.forEach(entry -> all.add(entry.asString()));
    for (String entry : entries) {
      String start = ContainerEdits.variable(entry) + "=";
      all.removeIf(other -> other.startsWith(start));
      all.add(entry);
    }
    env.removeAll();
    all.forEach(env::add);
  }

  private static void device(ObjectNode linux, DeviceNode node, ContainerUser user)
      throws IOException {
    boolean described = !node.type().isEmpty() && (node.major() != 0 || node.type().equals("p"));
    Optional<Stat> host = host(node.hostPath());
    if (!described && host.isEmpty()) {
      throw new IOException("device " + node.path() + ": the host has no " + node.hostPath());
    }
    String type = node.type();
    long major = node.major();
    long minor = node.minor();
    if (!described) {
      Stat stat = host.orElseThrow();
      String found = type(stat, node);
      if (!type.isEmpty() && !type.equals(found)) {
        throw new IOException(
            "device %s: %s is of type %s, not %s"
                .formatted(node.path(), node.hostPath(), found, type));
      }
      type = found;
      if (major == 0 && !type.equals("p")) {
        major = stat.rdevMajor();
        minor = stat.rdevMinor();
      }
    }
    ArrayNode devices = linux.withArray("devices");
    for (int i = devices.size() - 1; i >= 0; i--) {
      if (devices.get(i).path("path").asString().equals(node.path())) {
        devices.remove(i);
      }
    }
    ObjectNode out = devices.addObject().put("path", node.path()).put("type", type);
    out.put("major", major).put("minor", minor);
    if (node.fileMode().isPresent()) {
      out.put("fileMode", node.fileMode().getAsInt());
    } else {
      host.ifPresent(stat -> out.put("fileMode", stat.permissions()));
    }
    owner(out, "uid", node.uid().orElse(Integer.toUnsignedLong(user.uid())));
    owner(out, "gid", node.gid().orElse(Integer.toUnsignedLong(user.gid())));
    if (type.equals("b") || type.equals("c")) {
      linux
          .withObject("/resources")
          .withArray("devices")
          .addObject()
          .put("allow", true)
          .put("type", type)
          .put("major", major)
          .put("minor", minor)
          .put("access", node.permissions().isEmpty() ? "rwm" : node.permissions());
    }
  }

  private static void owner(ObjectNode out, String key, long id) {
    if (id > 0) {
      out.put(key, id);
    }
  }

  private static Optional<Stat> host(String path) throws IOException {
    try (Root root = Root.open(Path.of("/"))) {
      return root.find(root.resolve(RawPath.of(path), false), false);
    }
  }

  private static String type(Stat stat, DeviceNode node) throws IOException {
    return switch (stat.type()) {
      case FileType.CHARACTER -> "c";
      case FileType.BLOCK -> "b";
      case FileType.FIFO -> "p";
      default ->
          throw new IOException("device " + node.path() + ": " + node.hostPath() + " is no device");
    };
  }
}
