package dev.obdbuild.snapshots.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Rows of local images. */
public final class ImageTable {
  private ImageTable() {}

  public static void put(Tx tx, ImageRow image) throws SQLException {
    tx.update(
        "INSERT OR REPLACE INTO images(name, manifest, config, snapshot, size, updated) VALUES(?,?,?,?,?,?)",
        image.name(),
        image.manifest(),
        image.config(),
        image.snapshot(),
        image.size(),
        image.updated().toEpochMilli());
  }

  public static Optional<ImageRow> find(Tx tx, String name) throws SQLException {
    return tx.first(ImageTable::row, "SELECT * FROM images WHERE name = ?", name);
  }

  public static List<ImageRow> all(Tx tx) throws SQLException {
    return tx.list(ImageTable::row, "SELECT * FROM images ORDER BY name");
  }

  public static boolean delete(Tx tx, String name) throws SQLException {
    return tx.update("DELETE FROM images WHERE name = ?", name) > 0;
  }

  private static ImageRow row(ResultSet row) throws SQLException {
    return new ImageRow(
        row.getString("name"),
        row.getString("manifest"),
        row.getString("config"),
        row.getString("snapshot"),
        row.getLong("size"),
        Instant.ofEpochMilli(row.getLong("updated")));
  }
}
