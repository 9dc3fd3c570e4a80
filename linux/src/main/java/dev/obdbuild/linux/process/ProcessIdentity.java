package dev.obdbuild.linux.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process that cannot be mistaken for another with the same pid later.
 *
 * @param pid its number in this PID namespace
 * @param startTicks when it started, in clock ticks since boot
 */
public record ProcessIdentity(long pid, long startTicks) {
  /**
   * Fields of /proc/PID/stat behind the command's name; starttime is the 22nd of all, the state the
   * third.
   */
  private static final int START_TIME = 22 - 3;

  /** The calling process. */
  public static ProcessIdentity self() throws IOException {
    long pid = ProcessHandle.current().pid();
    return of(pid)
        .orElseThrow(
            () -> new IOException("/proc/" + pid + "/stat: /proc shows no entry for this process"));
  }

  /** The process that has this pid now. */
  public static Optional<ProcessIdentity> of(long pid) throws IOException {
    try {
      byte[] stat = Files.readAllBytes(Path.of("/proc/" + pid + "/stat"));
      String text = new String(stat, StandardCharsets.ISO_8859_1);
      String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
      return Optional.of(new ProcessIdentity(pid, Long.parseLong(fields[START_TIME])));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("No such process")) {
        return Optional.empty(); // ended between open and read
      }
      throw e;
    }
  }

  /** Whether that very process still runs (or waits as a zombie for its parent). */
  public boolean alive() throws IOException {
    return of(pid).equals(Optional.of(this));
  }
}
