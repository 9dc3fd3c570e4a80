package dev.obdbuild.snapshots.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Rows of the ordinary forms of layers, and of the ordinary layers they were converted from. */
public final class TarTable {
  private TarTable() {}

  public static void add(Tx tx, TarRow row) throws SQLException {
    tx.update(
        "INSERT OR REPLACE INTO tars(layer, format, hex, size, diff_id, descriptor)"
            + " VALUES(?,?,?,?,?,?)",
        row.layer(),
        row.format(),
        row.hex(),
        row.size(),
        row.diffId(),
        row.descriptor());
  }

  public static Optional<TarRow> find(Tx tx, String layer, String format) throws SQLException {
    return tx.first(
        TarTable::row, "SELECT * FROM tars WHERE layer = ? AND format = ?", layer, format);
  }

  /** All ordinary forms of a layer. */
  public static List<TarRow> of(Tx tx, String layer) throws SQLException {
    return tx.list(TarTable::row, "SELECT * FROM tars WHERE layer = ? ORDER BY format", layer);
  }

  /** Every ordinary form in the store. */
  public static List<TarRow> all(Tx tx) throws SQLException {
    return tx.list(TarTable::row, "SELECT * FROM tars ORDER BY layer, format");
  }

  /** An ordinary form goes. */
  public static void drop(Tx tx, TarRow form) throws SQLException {
    tx.update("DELETE FROM tars WHERE layer = ? AND format = ?", form.layer(), form.format());
  }

  /** Remembers what a layer was converted from; the place that was seen last counts. */
  public static void putOrigin(Tx tx, OriginRow row) throws SQLException {
    tx.update(
        "INSERT OR REPLACE INTO origins(layer, place, diff_id) VALUES(?,?,?)",
        row.layer(),
        row.place(),
        row.diffId());
  }

  /** What a layer was converted from, if it was. */
  public static Optional<OriginRow> origin(Tx tx, String layer) throws SQLException {
    return tx.first(
        row ->
            new OriginRow(row.getString("layer"), row.getString("place"), row.getString("diff_id")),
        "SELECT * FROM origins WHERE layer = ?",
        layer);
  }

  static void delete(Tx tx, String layer) throws SQLException {
    tx.update("DELETE FROM tars WHERE layer = ?", layer);
    tx.update("DELETE FROM origins WHERE layer = ?", layer);
  }

  private static TarRow row(ResultSet row) throws SQLException {
    return new TarRow(
        row.getString("layer"),
        row.getString("format"),
        row.getString("hex"),
        row.getLong("size"),
        row.getString("diff_id"),
        row.getString("descriptor"));
  }
}
