package dev.obdbuild.snapshots.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.SQLiteConfig;

/**
 * The metadata of a store: one SQLite file in WAL mode, shared by the processes of one state
 * directory.
 *
 * <p>One connection per process behind one lock; transactions are immediate, so that a write never
 * fails half way for want of the write lock. {@code synchronous=normal}: a killed process loses
 * nothing that {@link #tx} returned from; a power cut may lose the last transactions, not those
 * before and of {@link #durably}, and never the file's integrity.
 */
public final class Database implements AutoCloseable {
  /** Work inside one transaction. Must not call back into the database. */
  @FunctionalInterface
  public interface Work<T> {
    T run(Tx tx) throws SQLException, IOException;
  }

  private static final int BUSY_MILLIS = 30_000;

  private final Path file;
  private final Connection connection;
  private final ReentrantLock lock = new ReentrantLock();

  private Database(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /** Opens or creates the database and brings its tables to this version. */
  public static Database open(Path file) throws IOException {
    return open(file, Schema::apply);
  }

  /** As above, with tables of another kind than the store's. */
  public static Database open(Path file, Work<Boolean> schema) throws IOException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    config.setBusyTimeout(BUSY_MILLIS);
    config.enforceForeignKeys(false);
    try {
      // Not through DriverManager: it would load every driver on the class path.
      Connection connection = config.createConnection("jdbc:sqlite:" + file);
      try {
        Database database = new Database(file, connection);
        database.tx(schema);
        return database;
      } catch (IOException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new StoreException("cannot open the database " + file + ": " + e.getMessage(), e);
    }
  }

  /** Runs {@code work} in a transaction: committed when it returns, rolled back when it throws. */
  public <T> T tx(Work<T> work) throws IOException {
    lock.lock();
    try {
      // By hand: the driver's own transactions begin anew at each commit and so hold the lock for
      // good.
      execute("BEGIN IMMEDIATE");
      try {
        T result = work.run(new Tx(connection));
        execute("COMMIT");
        return result;
      } catch (SQLException | IOException | RuntimeException | Error e) {
        rollBack(e);
        throw e;
      }
    } catch (SQLException e) {
      throw new StoreException("database " + file + ": " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }

  /**
   * As {@link #tx}, and what it and all transactions before it changed is on the disk when it
   * returns: for what must outlive a power cut once files go that only the old records name.
   */
  public <T> T durably(Work<T> work) throws IOException {
    lock.lock();
    try {
      execute("PRAGMA synchronous=FULL");
      try {
        return tx(work);
      } finally {
        execute("PRAGMA synchronous=NORMAL");
      }
    } catch (SQLException e) {
      throw new StoreException("database " + file + ": " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }

  private void rollBack(Throwable failure) {
    try {
      execute("ROLLBACK");
    } catch (SQLException e) {
      // After some failures (a full disk) SQLite has rolled back by itself.
      failure.addSuppressed(e);
    }
  }

  private void execute(String command) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(command);
    }
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      connection.close();
    } catch (SQLException e) {
      throw new StoreException("cannot close the database " + file + ": " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }
}
