package dev.obdbuild.snapshots.store;

import dev.obdbuild.snapshots.store.LayerRow.RawForm;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Rows of layers and of their sealed forms. */
public final class LayerTable {
  private LayerTable() {}

  /**
   * Records that {@code owner} begins to write the raw form; the row has no use until {@link
   * #finish}.
   */
  public static void begin(Tx tx, LayerRow layer, String owner) throws SQLException {
    insert(tx, layer, owner);
  }

  /** Notes the kind of filesystem that the layer is a part of; {@code ext4} where none is noted. */
  public static void setFilesystem(Tx tx, String id, String type) throws SQLException {
    tx.update("UPDATE layers SET filesystem = ? WHERE id = ?", type, id);
  }

  /** The kind of filesystem that the layer is a part of. */
  public static String filesystem(Tx tx, String id) throws SQLException {
    return tx.first(row -> row.getString(1), "SELECT filesystem FROM layers WHERE id = ?", id)
        .orElse("ext4");
  }

  /** The raw form is complete. */
  public static void finish(Tx tx, String id, RawForm raw) throws SQLException {
    tx.update(
        "UPDATE layers SET raw = 1, raw_bytes = ?, raw_boot = ?, raw_synced = ?, writer = NULL WHERE id = ?",
        raw.bytes(),
        raw.boot(),
        raw.synced() ? 1 : 0,
        id);
  }

  /** A layer that is complete from the start (remote, or a blob). */
  public static void add(Tx tx, LayerRow layer) throws SQLException {
    insert(tx, layer, "");
    tx.update("UPDATE layers SET writer = NULL WHERE id = ?", layer.id());
  }

  private static void insert(Tx tx, LayerRow layer, String writer) throws SQLException {
    tx.update(
        "INSERT INTO layers(id, uuid, parent_uuid, virtual_size, raw, raw_bytes, raw_boot, raw_synced, remote,"
            + " writer, created) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
        layer.id(),
        layer.uuid(),
        layer.parentUuid(),
        layer.virtualSize(),
        layer.raw().isPresent() ? 1 : 0,
        layer.raw().map(RawForm::bytes).orElse(0L),
        layer.raw().map(RawForm::boot).orElse(""),
        layer.raw().map(r -> r.synced() ? 1 : 0).orElse(0),
        layer.remote().orElse(null),
        writer,
        layer.created().toEpochMilli());
  }

  /** A finished layer. */
  public static Optional<LayerRow> find(Tx tx, String id) throws SQLException {
    return tx.first(LayerTable::row, "SELECT * FROM layers WHERE id = ? AND writer IS NULL", id);
  }

  /** The finished layers of a snapshot and its ancestors, bottom first. */
  public static List<LayerRow> ofChain(Tx tx, String snapshot) throws SQLException {
    return tx.list(
        LayerTable::row,
        SnapshotTable.CHAIN
            + " SELECT l.* FROM up JOIN snapshots s ON s.id = up.id JOIN layers l ON l.id = s.layer"
            + " WHERE l.writer IS NULL ORDER BY up.depth DESC",
        snapshot);
  }

  /** Every finished layer. */
  public static List<LayerRow> all(Tx tx) throws SQLException {
    return tx.list(
        LayerTable::row, "SELECT * FROM layers WHERE writer IS NULL ORDER BY created, id");
  }

  /** Layers that somebody began and never finished. */
  public static List<String> unfinished(Tx tx) throws SQLException {
    return tx.list(row -> row.getString(1), "SELECT id FROM layers WHERE writer IS NOT NULL");
  }

  /** A sealed form goes. */
  public static void dropSealed(Tx tx, SealedRow form) throws SQLException {
    tx.update("DELETE FROM sealed WHERE layer = ? AND format = ?", form.layer(), form.format());
  }

  /** Layers that {@code owner} began and never finished. */
  public static List<String> unfinished(Tx tx, String owner) throws SQLException {
    return tx.list(row -> row.getString(1), "SELECT id FROM layers WHERE writer = ?", owner);
  }

  /** Finished raw layers that were not forced to disk. */
  public static List<LayerRow> unsynced(Tx tx) throws SQLException {
    return tx.list(
        LayerTable::row,
        "SELECT * FROM layers WHERE raw = 1 AND raw_synced = 0 AND writer IS NULL ORDER BY created");
  }

  /** Finished layers with a raw form. */
  public static List<LayerRow> raw(Tx tx) throws SQLException {
    return tx.list(
        LayerTable::row, "SELECT * FROM layers WHERE raw = 1 AND writer IS NULL ORDER BY created");
  }

  public static void synced(Tx tx, String id) throws SQLException {
    tx.update("UPDATE layers SET raw_synced = 1 WHERE id = ?", id);
  }

  /** A remote layer was seen at another place. */
  public static void moved(Tx tx, String id, String remote) throws SQLException {
    tx.update("UPDATE layers SET remote = ? WHERE id = ?", remote, id);
  }

  /** The raw form goes (its files are deleted after the transaction). */
  public static void dropRaw(Tx tx, String id) throws SQLException {
    tx.update("UPDATE layers SET raw = 0, raw_synced = 0 WHERE id = ?", id);
  }

  public static void delete(Tx tx, String id) throws SQLException {
    tx.update("DELETE FROM sealed WHERE layer = ?", id);
    TarTable.delete(tx, id);
    tx.update("DELETE FROM layers WHERE id = ?", id);
  }

  /** Every finished layer that no snapshot uses. */
  public static List<String> unused(Tx tx) throws SQLException {
    return tx.list(
        row -> row.getString(1),
        "SELECT id FROM layers WHERE writer IS NULL AND id NOT IN (SELECT layer FROM snapshots)");
  }

  public static void addSealed(Tx tx, SealedRow sealed) throws SQLException {
    tx.update(
        "INSERT OR REPLACE INTO sealed(layer, format, hex, size, descriptor) VALUES(?,?,?,?,?)",
        sealed.layer(),
        sealed.format(),
        sealed.hex(),
        sealed.size(),
        sealed.descriptor());
  }

  /** All sealed forms of a layer. */
  public static List<SealedRow> sealed(Tx tx, String layer) throws SQLException {
    return tx.list(
        LayerTable::sealedRow, "SELECT * FROM sealed WHERE layer = ? ORDER BY format", layer);
  }

  /** Every sealed form in the store. */
  public static List<SealedRow> allSealed(Tx tx) throws SQLException {
    return tx.list(LayerTable::sealedRow, "SELECT * FROM sealed ORDER BY layer, format");
  }

  private static SealedRow sealedRow(ResultSet row) throws SQLException {
    return new SealedRow(
        row.getString("layer"),
        row.getString("format"),
        row.getString("hex"),
        row.getLong("size"),
        row.getString("descriptor"));
  }

  private static LayerRow row(ResultSet row) throws SQLException {
    Optional<RawForm> raw =
        row.getInt("raw") == 0
            ? Optional.empty()
            : Optional.of(
                new RawForm(
                    row.getLong("raw_bytes"),
                    row.getString("raw_boot"),
                    row.getInt("raw_synced") != 0));
    return new LayerRow(
        row.getString("id"),
        row.getString("uuid"),
        row.getString("parent_uuid"),
        row.getLong("virtual_size"),
        raw,
        Optional.ofNullable(row.getString("remote")),
        Instant.ofEpochMilli(row.getLong("created")));
  }
}
