package dev.obdbuild.solver;

import dev.obdbuild.oci.image.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.SQLiteConfig;

/**
 * A {@link CacheStore} in one SQLite file, with a write-ahead log: what was saved survives {@code
 * kill -9}, and several processes may have the file open. A power cut may lose the last entries,
 * never the file.
 */
public final class SqliteCacheStore implements CacheStore {

  private static final int BUSY_MILLIS = 30_000;
  private static final List<String> SCHEMA =
      List.of(
          "CREATE TABLE IF NOT EXISTS result_1 ("
              + "key TEXT PRIMARY KEY, ids TEXT NOT NULL, created INTEGER NOT NULL)"
              + " WITHOUT ROWID",
          "CREATE TABLE IF NOT EXISTS alias_1 ("
              + "fast TEXT PRIMARY KEY, canonical TEXT NOT NULL, created INTEGER NOT NULL)"
              + " WITHOUT ROWID");

  private final ReentrantLock lock = new ReentrantLock();
  private final Path file;
  private final Connection connection;

  private SqliteCacheStore(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /**
   * Opens a file, making it and its folder if they are not there.
   *
   * @throws IOException when the file is not such a store or cannot be written
   */
  public static SqliteCacheStore open(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    if (absolute.getParent() != null) {
      Files.createDirectories(absolute.getParent());
    }
    SQLiteConfig settings = new SQLiteConfig();
    settings.setBusyTimeout(BUSY_MILLIS);
    settings.setJournalMode(SQLiteConfig.JournalMode.WAL);
    settings.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    try {
      // Not through DriverManager: it would look for drivers in all of the class path.
      Connection connection = settings.createConnection("jdbc:sqlite:" + absolute);
      try (Statement statement = connection.createStatement()) {
        for (String sql : SCHEMA) {
          statement.execute(sql);
        }
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
      return new SqliteCacheStore(absolute, connection);
    } catch (SQLException e) {
      throw failed("open", absolute, e);
    }
  }

  @Override
  public Optional<List<String>> find(Digest key) throws IOException {
    return text("SELECT ids FROM result_1 WHERE key = ?", key).map(SqliteCacheStore::split);
  }

  @Override
  public void save(Digest key, List<String> resultIds, Instant created) throws IOException {
    update(
        "INSERT INTO result_1 (key, ids, created) VALUES (?, ?, ?)"
            + " ON CONFLICT (key) DO UPDATE SET ids = excluded.ids, created = excluded.created",
        key.toString(),
        join(resultIds),
        created.getEpochSecond());
  }

  @Override
  public void remove(Digest key, List<String> resultIds) throws IOException {
    update("DELETE FROM result_1 WHERE key = ? AND ids = ?", key.toString(), join(resultIds));
  }

  @Override
  public Optional<Digest> alias(Digest fast) throws IOException {
    return text("SELECT canonical FROM alias_1 WHERE fast = ?", fast).map(Digest::parse);
  }

  @Override
  public void saveAlias(Digest fast, Digest canonical) throws IOException {
    update(
        "INSERT INTO alias_1 (fast, canonical, created) VALUES (?, ?, ?) ON CONFLICT (fast)"
            + " DO UPDATE SET canonical = excluded.canonical, created = excluded.created",
        fast.toString(),
        canonical.toString(),
        Instant.now().getEpochSecond());
  }

  @Override
  public void prune(Instant before) throws IOException {
    update("DELETE FROM result_1 WHERE created < ?", before.getEpochSecond());
    update("DELETE FROM alias_1 WHERE created < ?", before.getEpochSecond());
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      connection.close();
    } catch (SQLException e) {
      throw failed("close", file, e);
    } finally {
      lock.unlock();
    }
  }

  private Optional<String> text(String sql, Digest key) throws IOException {
    lock.lock();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, key.toString());
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
      }
    } catch (SQLException e) {
      throw failed("read", file, e);
    } finally {
      lock.unlock();
    }
  }

  private void update(String sql, Object... values) throws IOException {
    lock.lock();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    } catch (SQLException e) {
      throw failed("write", file, e);
    } finally {
      lock.unlock();
    }
  }

  private static String join(List<String> ids) {
    for (String id : ids) {
      if (id.isEmpty() || id.indexOf('\n') >= 0) {
        throw new IllegalArgumentException("result id: '" + id + "'");
      }
    }
    return String.join("\n", ids);
  }

  private static List<String> split(String ids) {
    return ids.isEmpty() ? List.of() : List.of(ids.split("\n", -1));
  }

  private static IOException failed(String what, Path file, SQLException e) {
    return new IOException("build cache " + file + ": cannot " + what + ": " + e.getMessage(), e);
  }
}
