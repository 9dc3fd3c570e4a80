package dev.obdbuild.snapshots.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process that a reused process id cannot be mistaken for.
 *
 * @param startTicks start time in clock ticks since boot, field 22 of {@code /proc/PID/stat}
 */
public record ProcessIdentity(long pid, long startTicks) {
  private static final int START_FIELD_AFTER_COMMAND = 19;

  /** The running process. */
  public static ProcessIdentity self() throws IOException {
    long pid = ProcessHandle.current().pid();
    return of(pid).orElseThrow(() -> new StoreException("no /proc/" + pid + "/stat: is /proc mounted?"));
  }

  /** The process with this id now, if there is one. */
  public static Optional<ProcessIdentity> of(long pid) throws IOException {
    Optional<String> stat = stat(pid);
    if (stat.isEmpty()) {
      return Optional.empty();
    }
    // The command in parentheses may hold blanks and parentheses itself.
    String[] fields = afterCommand(stat.get()).split(" ");
    return Optional.of(new ProcessIdentity(pid, Long.parseLong(fields[START_FIELD_AFTER_COMMAND])));
  }

  /** Whether this very process still exists (a zombie counts as gone). */
  public boolean alive() throws IOException {
    Optional<ProcessIdentity> now = of(pid);
    return now.isPresent() && now.get().startTicks == startTicks && !zombie();
  }

  private boolean zombie() throws IOException {
    Optional<String> stat = stat(pid);
    return stat.isEmpty() || afterCommand(stat.get()).startsWith("Z");
  }

  private static Optional<String> stat(long pid) throws IOException {
    Path directory = Path.of("/proc/" + pid);
    try {
      return Optional.of(Files.readString(directory.resolve("stat")));
    } catch (IOException e) {
      // ENOENT when it was gone before, ESRCH when it died between open and read.
      if (!Files.exists(directory)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static String afterCommand(String stat) {
    return stat.substring(stat.lastIndexOf(')') + 2);
  }

  /** The kernel's id of the current boot. */
  public static String bootId() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
  }
}
