package dev.obdbuild.snapshots.store;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Snapshots that are kept under a name until they are let go, whatever processes come and go. A
 * name may have several: those that it had before, which the newest one stands on.
 */
public final class PinTable {
  private PinTable() {}

  /** Puts a snapshot under a name, as its newest. */
  public static void add(Tx tx, String name, String snapshot) throws SQLException {
    tx.update(
        "INSERT OR REPLACE INTO pins(name, snapshot, number)"
            + " SELECT ?, ?, 1 + COALESCE(MAX(number), 0) FROM pins WHERE name = ?",
        name,
        snapshot,
        name);
  }

  /** Snapshots of a name, the newest first; some may be gone. */
  public static List<String> of(Tx tx, String name) throws SQLException {
    return tx.list(
        row -> row.getString(1),
        "SELECT snapshot FROM pins WHERE name = ? ORDER BY number DESC",
        name);
  }

  /** Every snapshot that has a name, with the first of its names. */
  public static Map<String, String> all(Tx tx) throws SQLException {
    Map<String, String> names = new LinkedHashMap<>();
    tx.list(
            row -> Map.entry(row.getString("snapshot"), row.getString("name")),
            "SELECT snapshot, name FROM pins ORDER BY name, number")
        .forEach(pin -> names.putIfAbsent(pin.getKey(), pin.getValue()));
    return names;
  }

  public static void delete(Tx tx, String name) throws SQLException {
    tx.update("DELETE FROM pins WHERE name = ?", name);
  }
}
