package dev.obdbuild.snapshots.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Set;

/** Leases and the snapshots they hold. A lease ends by itself after its time, or with its owner. */
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

  /** Ends every lease of an owner. */
  public static void deleteOf(Tx tx, String owner) throws SQLException {
    tx.update(
        "DELETE FROM lease_refs WHERE lease IN (SELECT id FROM leases WHERE owner = ?)", owner);
    tx.update("DELETE FROM leases WHERE owner = ?", owner);
  }

  /** Snapshots held directly by a lease that is not over, but for the lease {@code except}. */
  public static Set<String> held(Tx tx, String except, Instant now) throws SQLException {
    return Set.copyOf(
        tx.list(
            row -> row.getString(1),
            "SELECT DISTINCT r.snapshot FROM lease_refs r JOIN leases l ON l.id = r.lease"
                + " WHERE l.id <> ? AND l.expires > ?",
            except,
            now.toEpochMilli()));
  }
}
