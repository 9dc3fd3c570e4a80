package dev.obdbuild.snapshots.check;

import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.ImageTable;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.StorePaths;
import dev.obdbuild.snapshots.store.TarTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Files of the store that no record names: somebody died between a file and its record. */
final class OrphanCheck {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  private final Database database;
  private final StorePaths paths;
  private final Quarantine quarantine;
  private final List<Finding> findings;

  OrphanCheck(Database database, StorePaths paths, Quarantine quarantine, List<Finding> findings) {
    this.database = database;
    this.paths = paths;
    this.quarantine = quarantine;
    this.findings = findings;
  }

  /** Unsealed layers; half-written ones are on record and not meant. */
  void raws() throws IOException {
    Set<String> named = new HashSet<>();
    database.tx(
        tx -> {
          LayerTable.all(tx).stream()
              .filter(row -> row.raw().isPresent())
              .forEach(row -> named.add(row.id()));
          return named.addAll(LayerTable.unfinished(tx));
        });
    takeOthers(paths.rawLayers(), named);
  }

  /**
   * Blobs. A whole one is what a replaced image leaves until it is pruned, and is no finding:
   * {@link #dropLeftovers}.
   */
  void blobs(BlobCheck check) throws IOException {
    Set<String> known = namedBlobs();
    for (Path file : files(paths.blobs())) {
      String name = file.getFileName().toString();
      if (HEX.matcher(name).matches() && !known.contains(name) && check.damage(name).isEmpty()) {
        known.add(name);
      }
    }
    takeOthers(paths.blobs(), known);
  }

  /** All blobs, when the records are lost that named them. */
  void allBlobs() throws IOException {
    takeOthers(paths.blobs(), namedBlobs());
  }

  /**
   * Deletes blobs that nothing names any more because this check, or a new image, took what named
   * them.
   */
  void dropLeftovers() throws IOException {
    Set<String> named = namedBlobs();
    for (Path file : files(paths.blobs())) {
      if (!named.contains(file.getFileName().toString())) {
        Files.deleteIfExists(file);
      }
    }
  }

  private Set<String> namedBlobs() throws IOException {
    Set<String> named = new HashSet<>();
    database.tx(
        tx -> {
          LayerTable.allSealed(tx).forEach(form -> named.add(form.hex()));
          TarTable.all(tx).forEach(form -> named.add(form.hex()));
          ImageTable.all(tx)
              .forEach(
                  image -> {
                    named.add(image.manifest());
                    named.add(image.config());
                  });
          return true;
        });
    return named;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> listing = Files.list(folder)) {
      return listing.sorted().toList();
    }
  }

  private void takeOthers(Path folder, Set<String> named) throws IOException {
    for (Path file : files(folder)) {
      if (!named.contains(file.getFileName().toString())) {
        findings.add(new Finding(file + ": no record names it", quarantine.take(file), false));
      }
    }
  }
}
