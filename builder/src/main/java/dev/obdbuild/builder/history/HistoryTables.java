package dev.obdbuild.builder.history;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.control.BuildHistoryRecord;
import dev.obdbuild.snapshots.store.Tx;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Rows of the history's database. Times are microseconds since 1970. */
final class HistoryTables {

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE IF NOT EXISTS builds_1(ref TEXT PRIMARY KEY, record BLOB NOT NULL,"
              + " created INTEGER NOT NULL, completed INTEGER, pinned INTEGER NOT NULL,"
              + " owner TEXT NOT NULL, log TEXT NOT NULL) WITHOUT ROWID",
          "CREATE TABLE IF NOT EXISTS blobs_1(digest TEXT PRIMARY KEY, media_type TEXT NOT NULL,"
              + " size INTEGER NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID",
          "CREATE TABLE IF NOT EXISTS refs_1(ref TEXT NOT NULL, digest TEXT NOT NULL,"
              + " PRIMARY KEY(ref, digest)) WITHOUT ROWID");

  /**
   * A build that has not completed.
   *
   * @param owner process that carries it out
   * @param log name of its status log
   */
  record Active(BuildHistoryRecord record, String owner, String log) {}

  private HistoryTables() {}

  static Boolean create(Tx tx) throws SQLException {
    for (String table : TABLES) {
      tx.update(table);
    }
    return true;
  }

  static void start(Tx tx, BuildHistoryRecord record, String owner, String log)
      throws SQLException {
    tx.update("DELETE FROM refs_1 WHERE ref = ?", record.getRef());
    tx.update(
        "INSERT OR REPLACE INTO builds_1(ref, record, created, completed, pinned, owner, log)"
            + " VALUES(?,?,?,NULL,?,?,?)",
        record.getRef(),
        record.toByteArray(),
        micros(StatusMessages.instant(record.getCreatedAt())),
        record.getPinned(),
        owner,
        log);
  }

  static void save(Tx tx, BuildHistoryRecord record) throws SQLException {
    tx.update(
        "UPDATE builds_1 SET record = ?, completed = ?, pinned = ? WHERE ref = ?",
        record.toByteArray(),
        record.hasCompletedAt() ? micros(StatusMessages.instant(record.getCompletedAt())) : null,
        record.getPinned(),
        record.getRef());
  }

  static List<Active> active(Tx tx) throws SQLException {
    return tx.list(
        row ->
            new Active(
                parse(row.getString("ref"), row.getBytes("record")),
                row.getString("owner"),
                row.getString("log")),
        "SELECT * FROM builds_1 WHERE completed IS NULL ORDER BY created, ref");
  }

  /** Completed builds, oldest first. */
  static List<BuildHistoryRecord> completed(Tx tx) throws SQLException {
    return tx.list(
        row -> parse(row.getString(1), row.getBytes(2)),
        "SELECT ref, record FROM builds_1 WHERE completed IS NOT NULL ORDER BY created, ref");
  }

  static Optional<BuildHistoryRecord> find(Tx tx, String ref) throws SQLException {
    return tx.first(
        row -> parse(ref, row.getBytes(1)), "SELECT record FROM builds_1 WHERE ref = ?", ref);
  }

  /** Completed builds that are not pinned, beyond the newest and older than the limit. */
  static List<String> outdated(Tx tx, HistoryLimits limits, Instant now) throws SQLException {
    return tx.list(
        row -> row.getString(1),
        "SELECT ref FROM (SELECT ref, completed FROM builds_1 WHERE completed IS NOT NULL"
            + " AND pinned = 0 ORDER BY completed DESC, ref LIMIT -1 OFFSET ?)"
            + " WHERE completed < ?",
        limits.maxEntries(),
        micros(now.minus(limits.maxAge())));
  }

  static boolean delete(Tx tx, String ref) throws SQLException {
    tx.update("DELETE FROM refs_1 WHERE ref = ?", ref);
    return tx.update("DELETE FROM builds_1 WHERE ref = ?", ref) > 0;
  }

  static void addBlob(Tx tx, String ref, HistoryBlob blob) throws SQLException {
    tx.update(
        "INSERT OR IGNORE INTO blobs_1(digest, media_type, size, created) VALUES(?,?,?,?)",
        blob.digest().toString(),
        blob.mediaType(),
        blob.size(),
        micros(blob.created()));
    tx.update(
        "INSERT OR IGNORE INTO refs_1(ref, digest) VALUES(?,?)", ref, blob.digest().toString());
  }

  static Optional<HistoryBlob> blob(Tx tx, Digest digest) throws SQLException {
    return tx.first(
        row ->
            new HistoryBlob(
                digest,
                row.getString("media_type"),
                row.getLong("size"),
                Instant.EPOCH.plus(Duration.ofNanos(row.getLong("created") * 1000))),
        "SELECT * FROM blobs_1 WHERE digest = ?",
        digest.toString());
  }

  /** Forgets the blobs that no record names, and yields them. */
  static List<Digest> dropUnnamedBlobs(Tx tx) throws SQLException {
    String unnamed = "digest NOT IN (SELECT digest FROM refs_1)";
    List<Digest> digests =
        tx.list(
            row -> Digest.parse(row.getString(1)), "SELECT digest FROM blobs_1 WHERE " + unnamed);
    tx.update("DELETE FROM blobs_1 WHERE " + unnamed);
    return digests;
  }

  private static BuildHistoryRecord parse(String ref, byte[] bytes) throws SQLException {
    try {
      return BuildHistoryRecord.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new SQLException("record of build " + ref + ": " + e.getMessage(), e);
    }
  }

  private static long micros(Instant time) {
    return Math.addExact(
        Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1000);
  }
}
