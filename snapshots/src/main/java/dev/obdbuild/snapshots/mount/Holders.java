package dev.obdbuild.snapshots.mount;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds who keeps a filesystem busy, for the message of an error. */
final class Holders {
  private static final int MOST = 5;

  private Holders() {}

  /**
   * Processes with an open file, folder or root on the filesystem mounted at {@code target}; best
   * effort.
   */
  static String describe(Path target) {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      Object device = Files.getAttribute(target, "unix:dev");
      for (Path process : processes) {
        held(process, device).ifPresent(found::add);
        if (found.size() == MOST) {
          break;
        }
      }
    } catch (IOException e) {
      return "a process that could not be found (" + e.getMessage() + ")";
    }
    return found.isEmpty() ? "a process that is no longer to be seen" : String.join(", ", found);
  }

  private static java.util.Optional<String> held(Path process, Object device) {
    List<Path> candidates =
        new ArrayList<>(List.of(process.resolve("cwd"), process.resolve("root")));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      files.forEach(candidates::add);
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return java.util.Optional.empty(); // it ended meanwhile
    }
    for (Path candidate : candidates) {
      try {
        if (Files.getAttribute(candidate, "unix:dev").equals(device)) {
          return java.util.Optional.of(
              "process "
                  + process.getFileName()
                  + " ("
                  + Files.readString(process.resolve("comm")).strip()
                  + ") with "
                  + Files.readSymbolicLink(candidate));
        }
      } catch (IOException e) {
        continue; // closed meanwhile
      }
    }
    return java.util.Optional.empty();
  }
}
