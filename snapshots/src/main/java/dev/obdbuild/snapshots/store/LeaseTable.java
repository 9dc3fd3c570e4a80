package dev.obdbuild.snapshots.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Leases and the snapshots they hold. A lease without time limit has {@link Instant#MAX}'s place: 0. */
public final class LeaseTable {
  private LeaseTable() {}

  public static void add(Tx tx, String id, String name, String owner, Instant expires)
      throws SQLException {
    tx.update(
        "INSERT INTO leases(id, name, owner, expires) VALUES(?,?,?,?)",
        id,
        name,
        owner,
        expires.toEpochMilli());
  }

  public static void hold(Tx tx, String lease, String snapshot) throws SQLException {
    tx.update("INSERT OR IGNORE INTO lease_refs(lease, snapshot) VALUES(?, ?)", lease, snapshot);
  }

  public static void delete(Tx tx, String id) throws SQLException {
    tx.update("DELETE FROM lease_refs WHERE lease = ?", id);
    tx.update("DELETE FROM leases WHERE id = ?", id);
  }

  /** Ids of leases past their time whose owner is not among the living. */
  public static List<String> expired(Tx tx, Set<String> livingOwners, Instant now)
      throws SQLException {
    record Found(String id, String owner) {}
    return tx
        .list(
            row -> new Found(row.getString(1), row.getString(2)),
            "SELECT id, owner FROM leases WHERE expires < ?",
            now.toEpochMilli())
        .stream()
        .filter(found -> !livingOwners.contains(found.owner()))
        .map(Found::id)
        .toList();
  }

  /** Snapshots held directly by any lease, but for the lease {@code except}. */
  public static Set<String> held(Tx tx, String except) throws SQLException {
    return tx
        .list(row -> row.getString(1), "SELECT snapshot FROM lease_refs WHERE lease <> ?", except)
        .stream()
        .collect(Collectors.toSet());
  }
}
