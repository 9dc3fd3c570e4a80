package dev.obdbuild.snapshots.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.linux.file.Trees;
import dev.obdbuild.snapshots.layer.RawSync;
import dev.obdbuild.snapshots.store.Boot;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.ImageRow;
import dev.obdbuild.snapshots.store.ImageTable;
import dev.obdbuild.snapshots.store.LayerRow;
import dev.obdbuild.snapshots.store.LayerRow.RawForm;
import dev.obdbuild.snapshots.store.LayerTable;
import dev.obdbuild.snapshots.store.SealedRow;
import dev.obdbuild.snapshots.store.SnapshotRow;
import dev.obdbuild.snapshots.store.SnapshotTable;
import dev.obdbuild.snapshots.store.StorePaths;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LostLayersTest {
  private static final Instant NOW = Instant.ofEpochMilli(1000);

  @TempDir Path root;

  @Test
  void onlyWhatAnEarlierBootDidNotBringToDiskIsForgottenWithAllThatStandsOnIt() throws Exception {
    StorePaths paths = StorePaths.create(root);
    try (Database database = Database.open(paths.database())) {
      add(database, paths, "synced", "", new RawForm(1, "earlier", true));
      add(database, paths, "today", "synced", new RawForm(1, Boot.id(), false));
      add(database, paths, "lost", "synced", new RawForm(1, "earlier", false));
      add(database, paths, "child", "lost", new RawForm(1, "earlier", true));
      add(database, paths, "sealed", "synced", new RawForm(1, "earlier", false));
      database.tx(
          tx -> {
            LayerTable.addSealed(tx, new SealedRow("layer-sealed", "f", "0".repeat(64), 1, "{}"));
            ImageTable.put(tx, new ImageRow("kept", "m", "c", "sealed", 1, NOW));
            ImageTable.put(tx, new ImageRow("gone", "m", "c", "child", 1, NOW));
            return true;
          });

      assertThat(new LostLayers(database, paths).forget()).isEqualTo(2);

      assertThat(database.tx(SnapshotTable::all))
          .extracting(SnapshotRow::id)
          .containsExactlyInAnyOrder("synced", "today", "sealed");
      assertThat(database.tx(ImageTable::all)).extracting(ImageRow::name).containsExactly("kept");
      assertThat(database.tx(tx -> LayerTable.find(tx, "layer-sealed")).orElseThrow().raw())
          .isEmpty();
      assertThat(paths.raw("layer-lost")).doesNotExist();
      assertThat(paths.raw("layer-sealed")).doesNotExist();
      assertThat(paths.raw("layer-today")).exists();
      assertThat(new LostLayers(database, paths).forget()).isZero();
    }
  }

  @Test
  void whatWasForcedToDiskInTimeIsKept() throws Exception {
    StorePaths paths = StorePaths.create(root);
    try (Database database = Database.open(paths.database())) {
      add(database, paths, "step", "", new RawForm(1, "earlier", false));
      add(database, paths, "next", "step", new RawForm(1, "earlier", false));

      assertThat(new RawSync(database, paths).run()).isEqualTo(2);

      assertThat(new LostLayers(database, paths).forget()).isZero();
      assertThat(database.tx(SnapshotTable::all)).hasSize(2);
      assertThat(new RawSync(database, paths).run()).isZero();
    }
  }

  @Test
  void aRecordOfFilesThatAreGoneIsForgottenWhateverItSays() throws Exception {
    StorePaths paths = StorePaths.create(root);
    try (Database database = Database.open(paths.database())) {
      add(database, paths, "whole", "", new RawForm(1, "earlier", true));
      add(database, paths, "gone", "whole", new RawForm(1, "earlier", true));
      add(database, paths, "sealed", "whole", new RawForm(1, "earlier", true));
      database.tx(
          tx -> {
            LayerTable.addSealed(tx, new SealedRow("layer-sealed", "f", "0".repeat(64), 1, "{}"));
            return true;
          });
      Files.delete(paths.rawData("layer-gone"));
      Trees.remove(paths.raw("layer-sealed"));

      assertThat(new LostLayers(database, paths).forget()).isEqualTo(2);

      assertThat(database.tx(SnapshotTable::all))
          .extracting(SnapshotRow::id)
          .containsExactlyInAnyOrder("whole", "sealed");
      assertThat(database.tx(tx -> LayerTable.find(tx, "layer-sealed")).orElseThrow().raw())
          .isEmpty();
      assertThat(paths.raw("layer-gone")).doesNotExist();
    }
  }

  private static void add(
      Database database, StorePaths paths, String id, String parent, RawForm raw) throws Exception {
    Files.createDirectories(paths.raw("layer-" + id));
    Files.createFile(paths.rawData("layer-" + id));
    Files.createFile(paths.rawIndex("layer-" + id));
    database.tx(
        tx -> {
          LayerTable.add(
              tx, new LayerRow("layer-" + id, "", "", 1, Optional.of(raw), Optional.empty(), NOW));
          SnapshotTable.add(
              tx,
              new SnapshotRow(
                  id,
                  parent.isEmpty() ? Optional.empty() : Optional.of(parent),
                  "layer-" + id,
                  "chain",
                  SnapshotRow.STEP,
                  id,
                  1,
                  NOW,
                  NOW,
                  0));
          return true;
        });
  }
}
