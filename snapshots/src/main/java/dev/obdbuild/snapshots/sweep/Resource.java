package dev.obdbuild.snapshots.sweep;

import dev.obdbuild.linux.process.ProcessIdentity;
import dev.obdbuild.snapshots.store.StoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Something outside the store that somebody must undo. Devices, mounts and temporary files below
 * the owner's own directories need no record: their path is the record.
 */
public sealed interface Resource {
  /**
   * A container of an OCI runtime.
   *
   * @param runtime the runtime's program
   * @param stateRoot the runtime's {@code --root}, shared by containers; best kept in the owner's
   *     temporary directory
   * @param id the container's name
   * @param process its first process, once known
   */
  record Container(String runtime, Path stateRoot, String id, Optional<ProcessIdentity> process)
      implements Resource {}

  /** A child process, killed with its whole process group when it leads one. */
  record Child(ProcessIdentity process) implements Resource {}

  /**
   * A mount outside the owner's directories. Undone only where a device of the owner is mounted
   * there.
   */
  record Mount(Path target) implements Resource {}

  /**
   * A file or a directory with all it holds, outside the owner's temporary directory. Mounts below
   * are undone first.
   */
  record Temporary(Path path) implements Resource {}

  /** A network interface of the host. */
  record Link(String name) implements Resource {}

  /**
   * A rule of the host's packet filter.
   *
   * @param undo the command that takes it back; may fail when there is none
   */
  record Rule(List<String> undo) implements Resource {
    public Rule {
      undo = List.copyOf(undo);
    }
  }

  /** Name of the kind in the database. */
  default String kind() {
    return switch (this) {
      case Container _ -> "container";
      case Child _ -> "child";
      case Mount _ -> "mount";
      case Temporary _ -> "temporary";
      case Link _ -> "link";
      case Rule _ -> "rule";
    };
  }

  /** Its fields, one per line. */
  default String detail() {
    return switch (this) {
      case Container c ->
          lines(c.runtime, c.stateRoot.toString(), c.id, c.process.map(Resource::text).orElse(""));
      case Child c -> text(c.process);
      case Mount m -> lines(m.target.toString());
      case Temporary t -> lines(t.path.toString());
      case Link l -> lines(l.name);
      case Rule r -> lines(r.undo.toArray(String[]::new));
    };
  }

  /** Reads what {@link #kind} and {@link #detail} gave. */
  static Resource parse(String kind, String detail) throws StoreException {
    List<String> fields = detail.lines().toList();
    try {
      return switch (kind) {
        case "container" ->
            new Container(
                fields.get(0),
                Path.of(fields.get(1)),
                fields.get(2),
                fields.size() > 3 ? Optional.of(process(fields.get(3))) : Optional.empty());
        case "child" -> new Child(process(fields.get(0)));
        case "mount" -> new Mount(Path.of(fields.get(0)));
        case "temporary" -> new Temporary(Path.of(fields.get(0)));
        case "link" -> new Link(fields.get(0));
        case "rule" -> new Rule(fields);
        default -> throw new StoreException("resource of unknown kind " + kind + ": " + detail);
      };
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw new StoreException("resource of kind " + kind + " is damaged: " + detail, e);
    }
  }

  private static String text(ProcessIdentity process) {
    return process.pid() + " " + process.startTicks();
  }

  private static ProcessIdentity process(String text) {
    int blank = text.indexOf(' ');
    return new ProcessIdentity(
        Long.parseLong(text.substring(0, Math.max(blank, 0))),
        Long.parseLong(text.substring(blank + 1)));
  }

  private static String lines(String... fields) {
    for (String field : fields) {
      if (field.indexOf('\n') >= 0) {
        throw new IllegalArgumentException("a line break in a resource's name: " + field);
      }
    }
    return String.join("\n", fields);
  }
}
