package dev.obdbuild.snapshots;

import static dev.obdbuild.snapshots.TestStore.read;
import static dev.obdbuild.snapshots.TestStore.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.oci.image.SealedLayer;
import dev.obdbuild.snapshots.TestStore.Files4Blobs;
import dev.obdbuild.snapshots.check.Finding;
import dev.obdbuild.snapshots.check.StoreCheck;
import dev.obdbuild.snapshots.check.StoreReport;
import dev.obdbuild.snapshots.fs.NewFilesystem;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.Owner;
import dev.obdbuild.snapshots.store.SnapshotTable;
import dev.obdbuild.snapshots.store.StorePaths;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NeedsRoot
@NeedsDevice
final class StoreCheckTest {
  private static final String IMAGE = "registry/app:1";

  @TempDir Path root;

  /** A chain of three: the first layer sealed, the second sealed and raw, the third only raw. */
  private String sealed = "";

  private String both = "";
  private String raw = "";
  private String blob = "";
  private String secondBlob = "";

  @BeforeEach
  void build() throws Exception {
    try (Snapshots snapshots = open();
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      Snapshot one = step(snapshots, lease, snapshots.scratch(), "a");
      Snapshot two = step(snapshots, lease, one, "b");
      Snapshot three = step(snapshots, lease, two, "c");
      SealedLayer first = three.layers().get(0).seal();
      blob = first.descriptor().digest().hex();
      secondBlob = three.layers().get(1).seal().descriptor().digest().hex();
      var _ =
          snapshots
              .images()
              .put(
                  IMAGE,
                  "manifest".getBytes(StandardCharsets.UTF_8),
                  "config".getBytes(StandardCharsets.UTF_8),
                  two,
                  1);
      sealed = one.id();
      both = two.id();
      raw = three.id();
    }
    assertThat(check().findings()).isEmpty();
  }

  private Snapshots open() throws IOException {
    return Snapshots.open(
        TestStore.config(root, new Files4Blobs()).withFilesystem(NewFilesystem.of(1L << 30)));
  }

  private StoreReport check() throws IOException {
    return StoreCheck.run(root, List.of());
  }

  /** A step with some data that does not compress. */
  private static Snapshot step(Snapshots snapshots, Lease lease, Snapshot parent, String name)
      throws IOException {
    try (ActiveSnapshot active = snapshots.prepare(parent, name, lease)) {
      byte[] noise = new byte[300_000];
      new Random(name.hashCode()).nextBytes(noise);
      TestStore.on(snapshots, () -> Files.write(active.path().resolve(name), noise));
      write(snapshots, active.path().resolve(name + ".txt"), "content of " + name);
      return active.commit(name);
    }
  }

  /** Whether the snapshot is there and can be read and built upon. */
  private boolean usable(String id) throws IOException {
    try (Snapshots snapshots = open();
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      var found = snapshots.get(id, lease);
      if (found.isEmpty()) {
        return false;
      }
      try (ActiveSnapshot active = snapshots.prepare(found.get(), "more", lease)) {
        assertThat(read(snapshots, active.path().resolve("a.txt"))).isEqualTo("content of a");
      }
      assertThat(snapshots.verify(found.get()).problems()).isEmpty();
      return true;
    }
  }

  private StorePaths paths() throws IOException {
    return StorePaths.create(root);
  }

  private Path onlyRaw() throws IOException {
    try (Database database = Database.open(paths().database())) {
      String layer = database.tx(tx -> SnapshotTable.find(tx, raw)).orElseThrow().layer();
      return paths().raw(layer);
    }
  }

  private static void flip(Path file, long offset) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(offset);
      int old = bytes.read();
      bytes.seek(offset);
      bytes.write(old ^ 0x10);
    }
  }

  private static void cut(Path file, long length) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.setLength(length);
    }
  }

  private void clean() throws IOException {
    assertThat(check().findings()).isEmpty();
  }

  @Test
  void aFlippedBitInALayerIsNamedByBlockAndAllOnItRunsAgain() throws Exception {
    flip(paths().blob(blob), 100_000);
    StoreReport report = check();
    assertThat(report.whole()).isFalse();
    assertThat(report.findings()).hasSize(2);
    assertThat(report.findings().getFirst().toString())
        .contains("blob sha256:" + blob + " holds sha256:")
        .containsPattern("ZFile block \\d+")
        .contains("quarantine")
        .contains("runs again");
    assertThat(report.findings().getLast())
        .isEqualTo(new Finding(report.findings().getLast().what(), "build or pull it again", true));
    assertThat(report.findings().getLast().what()).contains(IMAGE);
    assertThat(paths().blob(blob)).doesNotExist();
    try (var files = Files.walk(root.resolve("quarantine"))) {
      assertThat(files).anyMatch(file -> file.endsWith("blobs/sha256/" + blob));
    }
    clean();
    assertThat(usable(sealed)).isFalse();
    assertThat(usable(raw)).isFalse();
    build();
    assertThat(usable(raw)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4096, 50_000})
  void aCutOffLayerIsDamaged(int length) throws Exception {
    cut(paths().blob(blob), length);
    assertThat(check().findings().getFirst().what()).contains(blob);
    clean();
    assertThat(usable(sealed)).isFalse();
  }

  @Test
  void aLayerWithoutItsFileIsForgottenWithWhatStandsOnIt() throws Exception {
    Files.delete(paths().blob(secondBlob));
    StoreReport report = check();
    assertThat(report.findings().getFirst().what())
        .contains("blob sha256:" + secondBlob + " is missing");
    assertThat(report.whole()).as("the image stood on it").isFalse();
    clean();
    assertThat(usable(sealed)).isTrue();
    assertThat(usable(both)).isFalse();
  }

  /** The pipe has no writer: reading it would never end. */
  @ParameterizedTest
  @ValueSource(strings = {"folder", "pipe", "dangling link"})
  void whatIsNoFileIsNoLayer(String instead) throws Exception {
    Path file = paths().blob(blob);
    Files.delete(file);
    switch (instead) {
      case "folder" -> Files.writeString(Files.createDirectory(file).resolve("in"), "x");
      case "pipe" ->
          assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
      default -> Files.createSymbolicLink(file, root.resolve("nothing"));
    }
    StoreReport report = check();
    assertThat(report.findings().getFirst().what())
        .contains("blob sha256:" + blob + " is ", "moved to " + root.toRealPath());
    assertThat(file).doesNotExist();
    clean();
    assertThat(usable(sealed)).isFalse();
    build();
    assertThat(usable(raw)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"data removed", "index removed", "index flipped", "data cut", "all removed"})
  void anUnsealedLayerIsForgottenWhenAPartOfItIsWrong(String fault) throws Exception {
    Path folder = onlyRaw();
    Path data = folder.resolve("data");
    Path index = folder.resolve("index");
    switch (fault) {
      case "data removed" -> Files.delete(data);
      case "index removed" -> Files.delete(index);
      case "index flipped" -> flip(index, 30);
      case "data cut" -> cut(data, 8192);
      default -> {
        Files.delete(data);
        Files.delete(index);
        Files.delete(folder);
      }
    }
    StoreReport report = check();
    assertThat(report.findings()).hasSize(1);
    assertThat(report.whole()).as("its step runs again").isTrue();
    clean();
    assertThat(usable(raw)).isFalse();
    assertThat(usable(both)).isTrue();
  }

  @Test
  void filesThatNoRecordNamesAreMovedAside() throws Exception {
    Path strayBlob = Files.writeString(paths().blobs().resolve("0".repeat(64)), "stray");
    Path half = Files.writeString(paths().blobs().resolve("half written"), "x");
    Path strayRaw = Files.createDirectories(paths().rawLayers().resolve("no such layer"));
    Files.writeString(strayRaw.resolve("data"), "x");
    StoreReport report = check();
    assertThat(report.findings()).hasSize(3).allMatch(f -> f.what().contains("no record names it"));
    assertThat(report.whole()).isTrue();
    assertThat(strayBlob).doesNotExist();
    assertThat(half).doesNotExist();
    assertThat(strayRaw).doesNotExist();
    clean();
    assertThat(usable(raw)).isTrue();
  }

  @Test
  void whatAReplacedImageLeavesIsNoDamage() throws Exception {
    try (Snapshots snapshots = open();
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      LocalImage before = snapshots.images().find(IMAGE).orElseThrow();
      Snapshot two = snapshots.get(both, lease).orElseThrow();
      byte[] other = "other manifest".getBytes(StandardCharsets.UTF_8);
      var _ = snapshots.images().put(IMAGE, other, snapshots.images().config(before), two, 1);
      assertThat(paths().blob(before.manifest().hex())).exists();
    }
    clean();
    try (Snapshots snapshots = open()) {
      LocalImage image = snapshots.images().find(IMAGE).orElseThrow();
      assertThat(snapshots.images().manifest(image)).asString().isEqualTo("other manifest");
    }
    assertThat(usable(raw)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE FROM layers WHERE id = (SELECT layer FROM snapshots WHERE id = 'ID')",
        "DELETE FROM snapshots WHERE id = 'ID'",
        "DELETE FROM sealed WHERE layer = (SELECT layer FROM snapshots WHERE id = 'ID')"
      })
  void recordsThatNameMissingOnesGo(String sql) throws Exception {
    try (Database database = Database.open(paths().database())) {
      int changed = database.tx(tx -> tx.update(sql.replace("ID", both)));
      assertThat(changed).isPositive();
    }
    assertThat(check().findings()).isNotEmpty();
    clean();
    assertThat(usable(sealed)).isTrue();
    assertThat(usable(both)).isFalse();
    assertThat(usable(raw)).isFalse();
    build();
    assertThat(usable(raw)).isTrue();
  }

  @Test
  void anImageWithoutItsDocumentsIsLost() throws Exception {
    try (Snapshots snapshots = open()) {
      LocalImage image = snapshots.images().find(IMAGE).orElseThrow();
      Files.writeString(paths().blob(image.config().hex()), "another");
    }
    StoreReport report = check();
    assertThat(report.whole()).isFalse();
    assertThat(report.findings().getFirst().toString()).startsWith("lost: image " + IMAGE);
    assertThat(check().whole()).isTrue();
    clean();
    assertThat(usable(both)).isTrue();
  }

  @Test
  void aDamagedDatabaseIsMovedAsideAndTheStoreBegunAnew() throws Exception {
    Path database = paths().database();
    byte[] noise = new byte[4096];
    new Random(1).nextBytes(noise);
    try (RandomAccessFile bytes = new RandomAccessFile(database.toFile(), "rw")) {
      bytes.seek(0);
      bytes.write(noise);
    }
    StoreReport report = check();
    assertThat(report.whole()).isFalse();
    assertThat(report.findings().getFirst().what()).contains("database " + database);
    clean();
    assertThat(usable(raw)).isFalse();
    build();
    assertThat(usable(raw)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"is missing", "is empty", "is no file"})
  void blobsWithoutADatabaseAreALostStore(String what) throws Exception {
    Path database = paths().database();
    Files.delete(database);
    switch (what) {
      case "is empty" -> Files.createFile(database);
      case "is no file" -> Files.createDirectory(database);
      default -> assertThat(database).doesNotExist();
    }
    StoreReport report = check();
    assertThat(report.whole()).isFalse();
    assertThat(report.findings().getFirst().toString())
        .startsWith("lost: database " + database)
        .contains(what, "its images are gone");
    clean();
    build();
    assertThat(usable(raw)).isTrue();
  }

  @Test
  void aFileInAFoldersPlaceIsNamed() throws Exception {
    Path cache = root.resolve("new/cache");
    Files.createDirectories(cache.resolveSibling("."));
    Files.writeString(cache.resolveSibling("blobs"), "x");
    assertThatThrownBy(() -> StoreCheck.run(root.resolve("new"), List.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(root.toRealPath() + "/new/blobs");
    Files.delete(cache.resolveSibling("blobs"));
    Files.writeString(Files.createDirectory(cache).resolve("blocks"), "x");
    assertThatThrownBy(() -> StoreCheck.run(root.resolve("new"), List.of()))
        .hasMessageEndingWith("blocks is no folder");
  }

  @Test
  void aStoreThatHoldsNothingYetIsWell() throws Exception {
    assertThat(StoreCheck.run(Files.createDirectory(root.resolve("new")), List.of()).findings())
        .isEmpty();
  }

  @Test
  void aStoreInUseIsNotCheckedAndOneThatIsCheckedNotOpened() throws Exception {
    try (Snapshots snapshots = open()) {
      assertThat(snapshots.usage().records()).isNotEmpty();
      assertThatThrownBy(this::check)
          .hasMessageContaining("is in use by process " + ProcessHandle.current().pid());
    }
    Owner alone = Owner.claimAlone(paths());
    try (alone) {
      assertThatThrownBy(this::open).hasMessageContaining("which is verifying it");
      assertThatThrownBy(this::check).hasMessageContaining("in use");
    }
    clean();
    assertThat(usable(raw)).isTrue();
  }

  @Test
  void aFolderThatIsNoStoreIsRefused() {
    assertThatThrownBy(() -> StoreCheck.run(root.resolve("nothing"), List.of()))
        .hasMessageContaining("no store at");
    assertThat(root.resolve("nothing")).doesNotExist();
  }
}
