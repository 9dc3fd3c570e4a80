package dev.obdbuild.worker.exec;

import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The numeric identity of a container's process, looked up in the container's own /etc/passwd and
 * /etc/group.
 *
 * @param home from passwd, {@code /} for a uid that has no entry
 */
record ContainerUser(int uid, int gid, List<Integer> groups, String home) {

  private static final int TABLE_LIMIT = 4 << 20;

  /** The primary group is always among the groups, as containerd has it. */
  ContainerUser {
    List<Integer> all = new ArrayList<>(List.of(gid));
    groups.stream().filter(g -> g != gid).forEach(all::add);
    groups = List.copyOf(all);
  }

  /**
   * Resolves {@code user[:group]} by the tables of a mounted root filesystem, which are looked for
   * inside it.
   *
   * @throws UnknownUserException when a name has no entry
   */
  static ContainerUser in(Path rootfs, String spec) throws IOException {
    try (Root root = Root.open(rootfs)) {
      return resolve(spec, table(root, "/etc/passwd"), table(root, "/etc/group"));
    }
  }

  private static String table(Root root, String path) throws IOException {
    Optional<Stat> there = root.find(RawPath.of(path), true);
    if (there.isEmpty() || !there.get().isRegular()) {
      return "";
    }
    if (there.get().size() > TABLE_LIMIT) {
      throw new IOException(path + " of the image has " + there.get().size() + " bytes");
    }
    try (OpenFile file = root.read(RawPath.of(path))) {
      byte[] content = new byte[(int) there.get().size()];
      file.readFully(MemorySegment.ofArray(content), 0);
      return new String(content, StandardCharsets.ISO_8859_1);
    }
  }

  /**
   * Resolves {@code user[:group]}, each a name or a number; an empty text means root.
   *
   * @throws UnknownUserException when a name has no entry
   */
  static ContainerUser resolve(String spec, String passwd, String group)
      throws UnknownUserException {
    int colon = spec.indexOf(':');
    String userPart = colon < 0 ? spec : spec.substring(0, colon);
    String groupPart = colon < 0 ? "" : spec.substring(colon + 1);
    String wanted = userPart.isEmpty() ? "root" : userPart;

    Optional<String[]> entry = find(passwd, wanted, 7);
    int uid;
    int gid;
    String home = "/";
    String name = wanted;
    if (entry.isPresent()) {
      uid = number(entry.get()[2]).orElse(0);
      gid = number(entry.get()[3]).orElse(0);
      home = entry.get()[5].isEmpty() ? "/" : entry.get()[5];
      name = entry.get()[0];
    } else if (number(wanted).isPresent()) {
      uid = number(wanted).get();
      gid = 0;
    } else if (userPart.isEmpty()) {
      uid = 0;
      gid = 0;
    } else {
      throw new UnknownUserException(
          "unable to find user " + wanted + ": no matching entries in passwd file");
    }
    if (groupPart.isEmpty()) {
      return new ContainerUser(uid, gid, memberships(group, name), home);
    }
    Optional<String[]> groupEntry = find(group, groupPart, 4);
    Optional<Integer> groupNumber =
        groupEntry.isPresent() ? number(groupEntry.get()[2]) : number(groupPart);
    int primary =
        groupNumber.orElseThrow(
            () ->
                new UnknownUserException(
                    "unable to find group " + groupPart + ": no matching entries in group file"));
    return new ContainerUser(uid, primary, List.of(), home);
  }

  /** The first entry whose name, or else whose number, is the wanted one. */
  private static Optional<String[]> find(String table, String wanted, int columns) {
    Optional<String[]> byNumber = Optional.empty();
    for (String line : table.split("\n", -1)) {
      String[] fields = line.strip().split(":", -1);
      if (line.startsWith("#") || fields.length < columns - 1) {
        continue;
      }
      String[] padded = java.util.Arrays.copyOf(fields, Math.max(columns, fields.length));
      if (fields.length < padded.length) {
        java.util.Arrays.fill(padded, fields.length, padded.length, "");
      }
      if (padded[0].equals(wanted)) {
        return Optional.of(padded);
      }
      if (byNumber.isEmpty() && padded[2].equals(wanted)) {
        byNumber = Optional.of(padded);
      }
    }
    return byNumber;
  }

  private static List<Integer> memberships(String group, String name) {
    List<Integer> groups = new ArrayList<>();
    for (String line : group.split("\n", -1)) {
      String[] fields = line.strip().split(":", -1);
      if (line.startsWith("#") || fields.length < 4) {
        continue;
      }
      if (List.of(fields[3].split(",", -1)).contains(name)) {
        number(fields[2]).ifPresent(groups::add);
      }
    }
    return groups;
  }

  private static Optional<Integer> number(String text) {
    if (text.isEmpty() || text.length() > 10 || !text.chars().allMatch(Character::isDigit)) {
      return Optional.empty();
    }
    long value = Long.parseLong(text);
    return value > 0xFFFF_FFFEL ? Optional.empty() : Optional.of((int) value);
  }

  /** The wanted user or group is not in the container's tables. */
  static final class UnknownUserException extends IOException {
    private static final long serialVersionUID = 1L;

    UnknownUserException(String message) {
      super(message);
    }
  }
}
