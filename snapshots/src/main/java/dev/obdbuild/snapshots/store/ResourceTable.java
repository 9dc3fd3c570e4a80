package dev.obdbuild.snapshots.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** Things outside the store that an owner made and must undo: recorded before they are made. */
public final class ResourceTable {
  /** One record. */
  public record Row(long id, String owner, String kind, String detail) {}

  private ResourceTable() {}

  /** Records a resource; yields the record's id. */
  public static long add(Tx tx, String owner, String kind, String detail, Instant now)
      throws SQLException {
    tx.update(
        "INSERT INTO resources(owner, kind, detail, created) VALUES(?,?,?,?)",
        owner,
        kind,
        detail,
        now.toEpochMilli());
    return tx.first(row -> row.getLong(1), "SELECT last_insert_rowid()").orElseThrow();
  }

  public static void delete(Tx tx, long id) throws SQLException {
    tx.update("DELETE FROM resources WHERE id = ?", id);
  }

  /** Records of an owner, newest first: the order in which they are undone. */
  public static List<Row> of(Tx tx, String owner) throws SQLException {
    return tx.list(
        row ->
            new Row(
                row.getLong("id"),
                row.getString("owner"),
                row.getString("kind"),
                row.getString("detail")),
        "SELECT * FROM resources WHERE owner = ? ORDER BY id DESC",
        owner);
  }
}
