package dev.obdbuild.snapshots.check;

import dev.obdbuild.snapshots.store.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** SQLite files as a whole, whatever they hold. One that is damaged is moved aside. */
final class DatabaseCheck {
  private static final int CORRUPT = 11; // SQLITE_CORRUPT
  private static final int NO_DATABASE = 26; // SQLITE_NOTADB

  private final Quarantine quarantine;
  private final List<Finding> findings;

  DatabaseCheck(Quarantine quarantine, List<Finding> findings) {
    this.quarantine = quarantine;
    this.findings = findings;
  }

  /**
   * Checks one, if it is there.
   *
   * @param consequence what its loss means
   * @param lost whether that does not come back by itself
   */
  void check(Path file, String consequence, boolean lost) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    Optional<String> damage = damage(file);
    if (damage.isEmpty()) {
      return;
    }
    StringBuilder moved = new StringBuilder(quarantine.take(file));
    for (String suffix : List.of("-wal", "-shm", "-journal")) {
      Path beside = file.resolveSibling(file.getFileName() + suffix);
      if (Files.exists(beside)) {
        moved.append(", ").append(quarantine.take(beside));
      }
    }
    findings.add(
        new Finding("database " + file + ": " + damage.get() + ", " + moved, consequence, lost));
  }

  private static Optional<String> damage(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.of("is no file");
    }
    try (Database database = Database.open(file, tx -> true)) {
      List<String> told =
          database.tx(tx -> tx.list(row -> row.getString(1), "PRAGMA integrity_check(5)"));
      return told.equals(List.of("ok")) ? Optional.empty() : Optional.of(String.join(", ", told));
    } catch (IOException e) {
      // Anything else, such as a full disk, says nothing about the file.
      if (!(e.getCause() instanceof SQLException sql)
          || (sql.getErrorCode() != CORRUPT && sql.getErrorCode() != NO_DATABASE)) {
        throw e;
      }
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
