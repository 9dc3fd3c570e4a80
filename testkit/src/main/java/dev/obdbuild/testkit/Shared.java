package dev.obdbuild.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The folder of shared fixtures and specifications that lies beside the project. Read only. */
public final class Shared {
  private Shared() {}

  /**
   * The folder, if it is there: {@code -Dobd.shared}, else {@code ../shared} of a folder above this
   * one.
   */
  public static Optional<Path> folder() {
    String named = System.getProperty("obd.shared");
    if (named != null && Files.isDirectory(Path.of(named))) {
      return Optional.of(Path.of(named).toAbsolutePath().normalize());
    }
    for (@Nullable Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path shared = at.resolveSibling("shared");
      if (Files.isDirectory(shared.resolve("fixtures"))) {
        return Optional.of(shared);
      }
    }
    return Optional.empty();
  }

  /**
   * A path below the folder, for example {@code fixtures/overlaybd}. Tests that call this are
   * annotated {@link NeedsShared}.
   *
   * @throws IllegalStateException if the folder or the path is not there
   */
  public static Path path(String relative) {
    Path path =
        folder()
            .orElseThrow(
                () -> new IllegalStateException("no shared fixtures; the test lacks @NeedsShared"))
            .resolve(relative);
    if (!Files.exists(path)) {
      throw new IllegalStateException(path + " does not exist");
    }
    return path;
  }
}
