package dev.obdbuild.snapshots.sweep;

import dev.obdbuild.linux.fuse.FuseConnection;
import dev.obdbuild.linux.process.ProcessIdentity;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A killed process that cannot die: one of its threads waits for a filesystem that the process
 * itself served. The thread keeps {@code /dev/fuse} open, so the kernel never learns that nobody
 * will answer, until somebody else aborts the connection (seen).
 */
final class DyingProcess {
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int TARGET_FIELD = 4;

  private DyingProcess() {}

  /**
   * Aborts every FUSE connection below {@code folder} that a thread of the process still sees, and
   * waits for its end.
   */
  static void release(ProcessIdentity process, Path folder) throws IOException {
    if (!hasThreads(process)) {
      return;
    }
    for (int minor : connections(process, folder)) {
      var _ = new FuseConnection(minor).abort();
    }
    long deadline = System.nanoTime() + WAIT_NANOS;
    while (hasThreads(process) && System.nanoTime() < deadline) {
      pause();
    }
  }

  /**
   * From the threads' own mount tables: the mounts may lie in a namespace that only they are left
   * in.
   */
  private static Set<Integer> connections(ProcessIdentity process, Path folder) throws IOException {
    Set<Integer> minors = new HashSet<>();
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(tasks(process))) {
      for (Path task : tasks) {
        for (String line : mountTable(task)) {
          String[] halves = line.split(" - ", 2);
          String[] fields = halves[0].split(" ");
          if (halves.length == 2
              && halves[1].startsWith("fuse.obd ")
              && fields.length > TARGET_FIELD
              && Path.of(fields[TARGET_FIELD]).startsWith(folder)) {
            minors.add(Integer.parseInt(fields[2].substring(fields[2].indexOf(':') + 1)));
          }
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (NoSuchFileException e) {
      return Set.of(); // it ended meanwhile
    }
    return minors;
  }

  private static Iterable<String> mountTable(Path task) {
    try {
      return Files.readAllLines(task.resolve("mountinfo"));
    } catch (IOException e) {
      return Set.of(); // a thread that has ended has no table
    }
  }

  /** Whether a thread besides the dead leader is left. */
  private static boolean hasThreads(ProcessIdentity process) throws IOException {
    if (!process.alive()) {
      return false;
    }
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(tasks(process))) {
      for (Path task : tasks) {
        if (!task.getFileName().toString().equals(Long.toString(process.pid()))) {
          return true;
        }
      }
      return false;
    } catch (DirectoryIteratorException | NoSuchFileException e) {
      return false;
    }
  }

  private static Path tasks(ProcessIdentity process) {
    return Path.of("/proc/" + process.pid() + "/task");
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a killed process ended", e);
    }
  }
}
