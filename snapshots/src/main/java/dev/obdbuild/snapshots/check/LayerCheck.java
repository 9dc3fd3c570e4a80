package dev.obdbuild.snapshots.check;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.ChannelFile;
import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.overlaybd.lsmt.RawLayerIndex;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.Descendants;
import dev.obdbuild.snapshots.store.LayerRow;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.SealedRow;
import dev.obdbuild.snapshots.store.SnapshotTable;
import dev.obdbuild.snapshots.store.StorePaths;
import dev.obdbuild.snapshots.store.TarRow;
import dev.obdbuild.snapshots.store.TarTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The forms of each layer on record: those that are damaged go, and layers that have none left. */
final class LayerCheck {
  private final Database database;
  private final StorePaths paths;
  private final BlobCheck blobs;
  private final Quarantine quarantine;
  private final List<Finding> findings;

  LayerCheck(
      Database database,
      StorePaths paths,
      BlobCheck blobs,
      Quarantine quarantine,
      List<Finding> findings) {
    this.database = database;
    this.paths = paths;
    this.blobs = blobs;
    this.quarantine = quarantine;
    this.findings = findings;
  }

  /** Checks all of them; yields how many there are. */
  int run() throws IOException {
    List<LayerRow> rows = database.tx(LayerTable::all);
    for (LayerRow row : rows) {
      layer(row);
    }
    return rows.size();
  }

  private void layer(LayerRow row) throws IOException {
    List<String> wrong = new ArrayList<>();
    boolean left = row.remote().isPresent();
    if (row.raw().isPresent()) {
      Optional<String> damage = raw(row.id());
      damage.ifPresent(wrong::add);
      left |= damage.isEmpty();
    }
    for (SealedRow form : database.tx(tx -> LayerTable.sealed(tx, row.id()))) {
      Optional<String> damage = blobs.damage(form.hex());
      if (damage.isPresent()) {
        wrong.add(damage.get() + ", " + quarantine.take(paths.blob(form.hex())));
        database.tx(
            tx -> {
              LayerTable.dropSealed(tx, form);
              return true;
            });
      }
      left |= damage.isEmpty();
    }
    if (!left) {
      forget(row.id(), wrong);
    } else {
      String from = row.remote().isPresent() ? "its registry has it" : "another form of it is left";
      wrong.forEach(
          what -> findings.add(new Finding("layer " + row.id() + ": " + what, from, false)));
    }
    for (TarRow form : database.tx(tx -> TarTable.of(tx, row.id()))) {
      tar(row.id(), form);
    }
  }

  /** What is wrong with an unsealed form, which is then gone. */
  private Optional<String> raw(String layer) throws IOException {
    Optional<String> damage = rawDamage(layer);
    if (damage.isEmpty()) {
      return damage;
    }
    String moved = quarantine.take(paths.raw(layer));
    database.tx(
        tx -> {
          LayerTable.dropRaw(tx, layer);
          return true;
        });
    return Optional.of(damage.get() + ", " + moved);
  }

  private Optional<String> rawDamage(String layer) throws IOException {
    for (Path file : List.of(paths.rawData(layer), paths.rawIndex(layer))) {
      if (!Files.isRegularFile(file)) {
        return Optional.of(file + " is missing");
      }
    }
    BlockFile data = ChannelFile.open(paths.rawData(layer));
    try (data) {
      RawLayerIndex.open(data, paths.rawIndex(layer), layer).close();
      return Optional.empty();
    } catch (FormatException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private void forget(String layer, List<String> wrong) throws IOException {
    List<String> images =
        database.tx(
            tx -> {
              List<String> lost = Descendants.remove(tx, SnapshotTable.ofLayer(tx, layer));
              LayerTable.delete(tx, layer);
              return lost;
            });
    String what = wrong.isEmpty() ? "nothing is left of it" : String.join("; ", wrong);
    findings.add(
        new Finding("layer " + layer + ": " + what, "what made it runs again when needed", false));
    for (String image : images) {
      findings.add(
          new Finding(
              "image " + image + " stood on layer " + layer, "build or pull it again", true));
    }
  }

  private void tar(String layer, TarRow form) throws IOException {
    Optional<String> damage = blobs.damage(form.hex());
    if (damage.isEmpty()) {
      return;
    }
    String moved = quarantine.take(paths.blob(form.hex()));
    database.tx(
        tx -> {
          TarTable.drop(tx, form);
          return true;
        });
    findings.add(
        new Finding(
            "layer " + layer + " as a tar: " + damage.get() + ", " + moved,
            "it is made again when needed",
            false));
  }
}
