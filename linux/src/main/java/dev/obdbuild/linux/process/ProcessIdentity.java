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
   * Fields of /proc/PID/stat behind the command's name; of all, the state is the third, num_threads
   * the 20th, starttime the 22nd.
   */
  private static final int STATE = 0;

  private static final int THREADS = 20 - 3;
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
    return fields(pid).map(fields -> identity(pid, fields));
  }

  private static ProcessIdentity identity(long pid, String[] fields) {
    return new ProcessIdentity(pid, Long.parseLong(fields[START_TIME]));
  }

  private static Optional<String[]> fields(long pid) throws IOException {
    try {
      byte[] stat = Files.readAllBytes(Path.of("/proc/" + pid + "/stat"));
      String text = new String(stat, StandardCharsets.ISO_8859_1);
      return Optional.of(text.substring(text.lastIndexOf(')') + 2).split(" "));
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

  /**
   * Whether that very process may still hold anything: descriptors, memory, mounts. A zombie whose
   * other threads have ended, too, has let go of all, however long its parent takes to notice.
   */
  public boolean holds() throws IOException {
    Optional<String[]> found = fields(pid);
    return found.isPresent()
        && identity(pid, found.get()).equals(this)
        && !(found.get()[STATE].equals("Z") && found.get()[THREADS].equals("1"));
  }
}
