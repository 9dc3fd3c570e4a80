package dev.obdbuild.linux.process;

import dev.obdbuild.linux.sys.Descriptor;
import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.Libc;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that sleeps and holds descriptors of ours, so that what they stand for outlives us, and
 * from which a later process takes them. It runs no code of ours: it is {@code sleep}, and it
 * inherited them. What it is for stands in its environment, so a keeper needs no record elsewhere
 * and is found by whoever looks.
 *
 * @param process the sleeping process
 * @param label what it was started for: a path, mostly
 * @param note a line that its starter left for who finds it
 */
public record Keeper(ProcessIdentity process, String label, String note) {
  private static final String LABEL = "OBD_KEEPER=";
  private static final String NOTE = "OBD_KEPT=";
  private static final Path PROC = Path.of("/proc");

  /** Number of the first held descriptor in the keeper. */
  private static final int FIRST = 3;

  private static final long SYS_PIDFD_OPEN = 434;
  private static final long SYS_PIDFD_GETFD = 438;

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int PAUSES = 5000;

  /**
   * Starts a keeper; it stays until it is ended, whatever becomes of this process.
   *
   * @param held stay ours, too; {@link #take} counts them from 0
   */
  public static Keeper start(String label, String note, List<Descriptor> held) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    for (Descriptor one : held) {
      // A number of the child's may not be taken by an earlier one before it is copied.
      if (one.number() < FIRST + held.size()) {
        throw new IllegalStateException(one.name() + " has descriptor " + one.number());
      }
      numbers.add(one.number());
    }
    List<String> environment =
        List.of(LABEL + label, NOTE + note, "PATH=" + System.getenv().getOrDefault("PATH", ""));
    long pid = SpawnCalls.spawn(List.of("sleep", "infinity"), environment, numbers);
    ProcessIdentity process =
        ProcessIdentity.of(pid)
            .orElseThrow(() -> new IOException("the keeper of " + label + " ended at once"));
    return new Keeper(process, label, note);
  }

  /** All keepers of this process's user, whichever process started them; none of a container. */
  public static List<Keeper> all() throws IOException {
    List<Keeper> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[1-9]*")) {
      for (Path process : processes) {
        of(process).ifPresent(found::add);
      }
    }
    return found;
  }

  private static Optional<Keeper> of(Path folder) throws IOException {
    List<String> variables;
    try {
      if (!ours(folder)) {
        return Optional.empty();
      }
      byte[] environment = Files.readAllBytes(folder.resolve("environ"));
      variables = Arrays.asList(new String(environment, StandardCharsets.UTF_8).split("\0"));
    } catch (IOException e) {
      return Optional.empty(); // it ended while it was looked at, or is none of ours to look at
    }
    Optional<String> label = value(variables, LABEL);
    Optional<String> note = value(variables, NOTE);
    long pid = Long.parseLong(folder.getFileName().toString());
    if (label.isEmpty() || note.isEmpty()) {
      return Optional.empty();
    }
    return ProcessIdentity.of(pid).map(known -> new Keeper(known, label.get(), note.get()));
  }

  /** Of our namespaces and user: what runs in a container may say anything in its environment. */
  private static boolean ours(Path folder) throws IOException {
    Path self = PROC.resolve("self");
    for (String namespace : List.of("ns/pid", "ns/user")) {
      Path theirs = Files.readSymbolicLink(folder.resolve(namespace));
      if (!theirs.equals(Files.readSymbolicLink(self.resolve(namespace)))) {
        return false;
      }
    }
    return users(folder).equals(users(self));
  }

  /** Not the owner of the folder: that is root for a process which may not be dumped. */
  private static String users(Path folder) throws IOException {
    return Files.readAllLines(folder.resolve("status"), StandardCharsets.ISO_8859_1).stream()
        .filter(line -> line.startsWith("Uid:"))
        .findFirst()
        .orElseThrow(() -> new IOException(folder + "/status names no user"));
  }

  private static Optional<String> value(List<String> variables, String prefix) {
    return variables.stream()
        .filter(variable -> variable.startsWith(prefix))
        .map(variable -> variable.substring(prefix.length()))
        .findFirst();
  }

  /**
   * One of its descriptors as one of ours; the keeper keeps it, too. What is read and written
   * through the two is one open file.
   *
   * @param index of {@code held} at the start
   * @throws LinuxException ESRCH when the keeper is gone, EPERM without CAP_SYS_PTRACE
   */
  public Descriptor take(int index) throws IOException {
    String name = "descriptor " + (FIRST + index) + " of keeper " + process.pid();
    long pidfd = ProcessSettings.CALLS.syscall(SYS_PIDFD_OPEN, process.pid(), 0, 0);
    try (Descriptor handle =
        Descriptor.of("keeper " + process.pid(), check(pidfd, "pidfd_open", name))) {
      if (!process.alive()) {
        throw new LinuxException("pidfd_open", name, Errno.ESRCH); // another has its number
      }
      long taken =
          ProcessSettings.CALLS.syscall(SYS_PIDFD_GETFD, handle.number(), FIRST + index, 0);
      return Descriptor.of(target(index).toString(), check(taken, "pidfd_getfd", name));
    }
  }

  /** The path of what it holds, such as /dev/loop3. */
  public Path target(int index) throws IOException {
    return Files.readSymbolicLink(PROC.resolve(process.pid() + "/fd/" + (FIRST + index)));
  }

  private static int check(long result, String call, String subject) throws LinuxException {
    return Libc.check((int) result, call, subject);
  }

  /**
   * Ends it and returns when it holds nothing any more; harmless when it is gone.
   *
   * @throws IOException when it is still there after five seconds
   */
  public void end() throws IOException {
    if (!process.holds() || !Signal.KILL.send(process.pid())) {
      return;
    }
    for (int i = 0; process.holds(); i++) {
      if (i == PAUSES) {
        throw new IOException("the keeper of " + label + ", " + process.pid() + ", does not end");
      }
      // Ours to bury, if we started it; an error means that we did not.
      var _ = ProcessSettings.CALLS.waitpid((int) process.pid(), 0, 1);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    var _ = ProcessSettings.CALLS.waitpid((int) process.pid(), 0, 1);
  }
}
