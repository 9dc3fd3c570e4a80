package dev.obdbuild.snapshots.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.testkit.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatabaseTest {
  @TempDir Path root;

  @Test
  void aChainIsReadBottomFirstAndAMissingAncestorMakesItEmpty() throws Exception {
    try (Database database = Database.open(root.resolve("db"))) {
      database.tx(
          tx -> {
            SnapshotTable.add(tx, snapshot("a", Optional.empty()));
            SnapshotTable.add(tx, snapshot("b", Optional.of("a")));
            SnapshotTable.add(tx, snapshot("c", Optional.of("b")));
            return true;
          });
      assertThat(ids(database, "c")).containsExactly("a", "b", "c");
      assertThat(ids(database, "nobody")).isEmpty();
      database.tx(
          tx -> {
            SnapshotTable.delete(tx, "a");
            return true;
          });
      assertThat(ids(database, "c")).isEmpty();
    }
  }

  @Test
  void failedWorkLeavesNothing() throws Exception {
    try (Database database = Database.open(root.resolve("db"))) {
      assertThatThrownBy(
              () ->
                  database.tx(
                      tx -> {
                        SnapshotTable.add(tx, snapshot("a", Optional.empty()));
                        throw new IOException("stop");
                      }))
          .hasMessage("stop");
      assertThat(database.tx(SnapshotTable::all)).isEmpty();
    }
  }

  @Test
  void aNewerSchemaIsRefused() throws Exception {
    try (Database database = Database.open(root.resolve("db"))) {
      database.tx(tx -> tx.update("UPDATE meta SET value = '99' WHERE name = 'schema'"));
    }
    assertThatThrownBy(() -> Database.open(root.resolve("db")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("schema 99");
  }

  @Test
  void everyCommitOfAKilledProcessIsThere() throws Exception {
    Process child = ChildJvm.start(WriteAndDie.class, root.resolve("db").toString());
    assertThat(ChildJvm.firstLine(child)).isEqualTo("written");
    child.waitFor();
    try (Database database = Database.open(root.resolve("db"))) {
      assertThat(database.tx(SnapshotTable::all)).hasSize(20);
    }
  }

  /** Commits twenty rows and dies without closing anything. */
  static final class WriteAndDie {
    public static void main(String[] args) throws Exception {
      Database database = Database.open(Path.of(args[0]));
      for (int i = 0; i < 20; i++) {
        String id = "s" + i;
        database.tx(
            tx -> {
              SnapshotTable.add(tx, snapshot(id, Optional.empty()));
              return true;
            });
      }
      System.out.println("written");
      System.out.flush();
      Runtime.getRuntime().halt(9);
    }
  }

  private static List<String> ids(Database database, String top) throws IOException {
    return database.tx(tx -> SnapshotTable.chain(tx, top)).stream().map(SnapshotRow::id).toList();
  }

  private static SnapshotRow snapshot(String id, Optional<String> parent) {
    Instant now = Instant.ofEpochMilli(1000);
    return new SnapshotRow(
        id, parent, "layer-" + id, "chain", SnapshotRow.STEP, "text", 1, now, now, 0);
  }
}
