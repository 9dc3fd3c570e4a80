package dev.obdbuild.snapshots.check;

import dev.obdbuild.snapshots.store.StorePaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** A folder of this check's own to which files of the store are moved. Made when it is needed. */
final class Quarantine {
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

  private final Path root;
  private final Path folder;

  Quarantine(StorePaths paths) {
    this.root = paths.root();
    this.folder = paths.quarantine().resolve(NAME.format(Instant.now()));
  }

  /**
   * Moves a file or folder of the store aside, under the path that it has in the store.
   *
   * @return what was done, in words
   */
  String take(Path file) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return "it is not there";
    }
    Path target = folder.resolve(root.relativize(file).toString());
    Files.createDirectories(target.resolveSibling("."));
    Files.move(file, target);
    return "moved to " + target;
  }
}
