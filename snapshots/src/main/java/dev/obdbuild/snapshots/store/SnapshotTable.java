package dev.obdbuild.snapshots.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Rows of snapshots, and of the chains of base images that are known. */
public final class SnapshotTable {
  /** A snapshot, which is bound, and its ancestors by their distance from it. */
  static final String CHAIN =
      "WITH RECURSIVE up(id, depth) AS (SELECT ?, 0 UNION ALL SELECT s.parent, up.depth + 1 FROM up"
          + " JOIN snapshots s ON s.id = up.id WHERE s.parent IS NOT NULL)";

  private SnapshotTable() {}

  public static void add(Tx tx, SnapshotRow s) throws SQLException {
    tx.update(
        "INSERT INTO snapshots(id, parent, layer, chain, kind, description, size, created, used, uses)"
            + " VALUES(?,?,?,?,?,?,?,?,?,?)",
        s.id(),
        s.parent().orElse(null),
        s.layer(),
        s.chain(),
        s.kind(),
        s.description(),
        s.size(),
        s.created().toEpochMilli(),
        s.used().toEpochMilli(),
        s.uses());
  }

  public static Optional<SnapshotRow> find(Tx tx, String id) throws SQLException {
    return tx.first(SnapshotTable::row, "SELECT * FROM snapshots WHERE id = ?", id);
  }

  /**
   * A snapshot and its ancestors, bottom first. Empty when {@code id} or an ancestor is missing.
   */
  public static List<SnapshotRow> chain(Tx tx, String id) throws SQLException {
    List<SnapshotRow> rows =
        tx.list(
            SnapshotTable::row,
            CHAIN + " SELECT s.* FROM up JOIN snapshots s ON s.id = up.id ORDER BY up.depth DESC",
            id);
    return rows.isEmpty() || rows.getFirst().parent().isPresent() ? List.of() : rows;
  }

  public static List<SnapshotRow> all(Tx tx) throws SQLException {
    return tx.list(SnapshotTable::row, "SELECT * FROM snapshots ORDER BY created, id");
  }

  /** Notes that the snapshot was used now. */
  public static void touch(Tx tx, String id, Instant now) throws SQLException {
    tx.update(
        "UPDATE snapshots SET used = ?, uses = uses + 1 WHERE id = ?", now.toEpochMilli(), id);
  }

  /** Snapshots that stand directly on {@code id}. */
  public static List<String> children(Tx tx, String id) throws SQLException {
    return tx.list(row -> row.getString(1), "SELECT id FROM snapshots WHERE parent = ?", id);
  }

  /** Snapshots whose own layer is {@code layer}. */
  public static List<String> ofLayer(Tx tx, String layer) throws SQLException {
    return tx.list(row -> row.getString(1), "SELECT id FROM snapshots WHERE layer = ?", layer);
  }

  public static void delete(Tx tx, String id) throws SQLException {
    tx.update("DELETE FROM snapshots WHERE id = ?", id);
    tx.update("DELETE FROM chains WHERE snapshot = ?", id);
    tx.update("DELETE FROM lease_refs WHERE snapshot = ?", id);
  }

  /** Remembers the snapshot that holds a base's chain; keys name chain, filesystem and size. */
  public static void nameChain(Tx tx, String key, String snapshot) throws SQLException {
    tx.update("INSERT OR REPLACE INTO chains(chain, snapshot) VALUES(?, ?)", key, snapshot);
  }

  public static Optional<String> findChain(Tx tx, String key) throws SQLException {
    return tx.first(row -> row.getString(1), "SELECT snapshot FROM chains WHERE chain = ?", key);
  }

  private static SnapshotRow row(ResultSet row) throws SQLException {
    return new SnapshotRow(
        row.getString("id"),
        Optional.ofNullable(row.getString("parent")),
        row.getString("layer"),
        row.getString("chain"),
        row.getString("kind"),
        row.getString("description"),
        row.getLong("size"),
        Instant.ofEpochMilli(row.getLong("created")),
        Instant.ofEpochMilli(row.getLong("used")),
        row.getLong("uses"));
  }
}
