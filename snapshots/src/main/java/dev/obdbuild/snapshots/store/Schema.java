package dev.obdbuild.snapshots.store;

import java.sql.SQLException;

/** The tables of the database. A newer version of the schema is refused, never guessed at. */
final class Schema {
  private static final int VERSION = 1;

  private static final String[] TABLES = {
    "CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS layers(id TEXT PRIMARY KEY, uuid TEXT NOT NULL, parent_uuid TEXT NOT NULL,"
        + " virtual_size INTEGER NOT NULL, raw INTEGER NOT NULL, raw_bytes INTEGER NOT NULL,"
        + " raw_boot TEXT NOT NULL, raw_synced INTEGER NOT NULL, remote TEXT, writer TEXT,"
        + " created INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS sealed(layer TEXT NOT NULL, format TEXT NOT NULL, hex TEXT NOT NULL,"
        + " size INTEGER NOT NULL, descriptor TEXT NOT NULL, PRIMARY KEY(layer, format))",
    "CREATE TABLE IF NOT EXISTS tars(layer TEXT NOT NULL, format TEXT NOT NULL, hex TEXT NOT NULL,"
        + " size INTEGER NOT NULL, diff_id TEXT NOT NULL, descriptor TEXT NOT NULL,"
        + " PRIMARY KEY(layer, format))",
    "CREATE TABLE IF NOT EXISTS origins(layer TEXT PRIMARY KEY, place TEXT NOT NULL,"
        + " diff_id TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS snapshots(id TEXT PRIMARY KEY, parent TEXT, layer TEXT NOT NULL,"
        + " chain TEXT NOT NULL, kind TEXT NOT NULL, description TEXT NOT NULL, size INTEGER NOT NULL,"
        + " created INTEGER NOT NULL, used INTEGER NOT NULL, uses INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS snapshots_parent ON snapshots(parent)",
    "CREATE INDEX IF NOT EXISTS snapshots_layer ON snapshots(layer)",
    "CREATE TABLE IF NOT EXISTS chains(chain TEXT PRIMARY KEY, snapshot TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS images(name TEXT PRIMARY KEY, manifest TEXT NOT NULL, config TEXT NOT NULL,"
        + " snapshot TEXT NOT NULL, size INTEGER NOT NULL, updated INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS leases(id TEXT PRIMARY KEY, name TEXT NOT NULL, owner TEXT NOT NULL,"
        + " expires INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS lease_refs(lease TEXT NOT NULL, snapshot TEXT NOT NULL,"
        + " PRIMARY KEY(lease, snapshot))",
    "CREATE TABLE IF NOT EXISTS pins(name TEXT NOT NULL, snapshot TEXT NOT NULL,"
        + " number INTEGER NOT NULL, PRIMARY KEY(name, snapshot))",
    "CREATE TABLE IF NOT EXISTS resources(id INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL,"
        + " kind TEXT NOT NULL, detail TEXT NOT NULL, created INTEGER NOT NULL)",
  };

  private Schema() {}

  static Boolean apply(Tx tx) throws SQLException, StoreException {
    for (String table : TABLES) {
      tx.update(table);
    }
    addFilesystems(tx);
    int found =
        tx.first(row -> row.getInt(1), "SELECT value FROM meta WHERE name = 'schema'").orElse(0);
    if (found > VERSION) {
      throw new StoreException(
          "the state directory was written by a newer obd-build (schema "
              + found
              + ", this one knows "
              + VERSION
              + ")");
    }
    if (found < VERSION) {
      tx.update("INSERT OR REPLACE INTO meta(name, value) VALUES('schema', ?)", VERSION);
    }
    return true;
  }

  /** A column that came later; programs that do not know it get its default. */
  private static void addFilesystems(Tx tx) throws SQLException {
    int there =
        tx.first(
                row -> row.getInt(1),
                "SELECT count(*) FROM pragma_table_info('layers') WHERE name = 'filesystem'")
            .orElse(0);
    if (there == 0) {
      tx.update("ALTER TABLE layers ADD COLUMN filesystem TEXT NOT NULL DEFAULT 'ext4'");
    }
  }
}
