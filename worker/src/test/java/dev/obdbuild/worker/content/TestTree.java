package dev.obdbuild.worker.content;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes files for tests: {@code name} with its text, {@code name/} a directory, {@code name ->
 * target} a symlink.
 */
public final class TestTree {
  private TestTree() {}

  /** Makes all of {@code files} below {@code folder}, parents as needed. */
  public static Path make(Path folder, String... files) throws IOException {
    Files.createDirectories(folder);
    for (String file : files) {
      String name = file.split(" ")[0];
      Path path = folder.resolve(name);
      if (name.endsWith("/")) {
        Files.createDirectories(path);
        continue;
      }
      Files.createDirectories(path.getParent());
      if (file.contains(" -> ")) {
        Files.createSymbolicLink(path, Path.of(file.substring(file.indexOf(" -> ") + 4)));
      } else {
        Files.writeString(path, file.substring(Math.min(file.length(), name.length() + 1)));
      }
    }
    return folder;
  }
}
