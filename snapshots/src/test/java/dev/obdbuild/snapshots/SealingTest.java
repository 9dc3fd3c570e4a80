package dev.obdbuild.snapshots;

import static dev.obdbuild.snapshots.TestStore.on;
import static dev.obdbuild.snapshots.TestStore.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.device.FuseLoopExporter;
import dev.obdbuild.backstore.device.StackDevice;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import dev.obdbuild.oci.image.SealedLayer;
import dev.obdbuild.overlaybd.block.ChannelFile;
import dev.obdbuild.overlaybd.layer.LayerFile;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.snapshots.mount.MountedDevice;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NeedsRoot
@NeedsDevice
final class SealingTest {
  @TempDir Path root;
  @TempDir Path other;
  private Snapshots snapshots;
  private Lease lease;

  @BeforeEach
  void open() throws Exception {
    snapshots = TestStore.open(root);
    lease = snapshots.lease("test", Duration.ofHours(1));
  }

  @AfterEach
  void close() throws Exception {
    lease.close();
    snapshots.close();
  }

  @Test
  void aLayerIsSealedWhileTheNextStepStillRuns() throws Exception {
    Snapshot first = step(snapshots.scratch(), "a", 3_000_000);
    try (ActiveSnapshot next = snapshots.prepare(first, "next", lease)) {
      snapshots.sealEarly(first);
      SealedLayer sealed = first.layers().getFirst().seal();
      // The next step has not ended: the device still takes writes.
      write(snapshots, next.path().resolve("late"), "late");
      assertThat(Files.size(sealed.file())).isEqualTo(sealed.descriptor().size());
      Snapshot second = next.commit("next");
      assertThat(second.layers().getFirst().seal()).isEqualTo(sealed);
    }
  }

  @Test
  void aSealedLayerSaysWhatOverlaybdToolsWantToKnow() throws Exception {
    Snapshot first = step(snapshots.scratch(), "a", 5000);
    SealedLayer sealed = first.layers().getFirst().seal();
    Digest digest = Digest.sha256(Files.readAllBytes(sealed.file()));
    assertThat(sealed.descriptor().digest()).isEqualTo(digest);
    assertThat(sealed.diffId()).isEqualTo(digest);
    assertThat(sealed.descriptor().mediaType()).isEqualTo(MediaTypes.OCI_LAYER);
    assertThat(sealed.descriptor().annotations())
        .containsEntry(OverlaybdAnnotations.BLOB_DIGEST, digest.toString())
        .containsEntry(OverlaybdAnnotations.BLOB_SIZE, Long.toString(sealed.descriptor().size()))
        .containsEntry(OverlaybdAnnotations.FS_TYPE, "ext4")
        .containsEntry(OverlaybdAnnotations.VERSION, "0.1.0");
    assertThat(sealed.file()).isEqualTo(snapshots.paths().blob(digest.hex()));
    assertThat(first.layers().getFirst().existing()).isEmpty();
  }

  @Test
  void uuidsFormAChain() throws Exception {
    Snapshot two = step(step(snapshots.scratch(), "a", 10), "b", 10);
    List<Layer> layers = openAll(two);
    try {
      assertThat(layers.get(0).parentUuid()).isEqualTo("00000000-0000-0000-0000-000000000000");
      assertThat(layers.get(1).parentUuid()).isEqualTo(layers.get(0).uuid());
      assertThat(layers.get(1).uuid()).isNotEqualTo(layers.get(0).uuid());
    } finally {
      closeAll(layers);
    }
  }

  @Test
  void aLayerOfOneSmallFileIsSmall() throws Exception {
    Snapshot base = step(snapshots.scratch(), "base", 2_000_000);
    Snapshot small = step(base, "small", 1);
    long size = small.layers().getLast().seal().descriptor().size();
    long first =
        step(snapshots.scratch(), "only", 1).layers().getFirst().seal().descriptor().size();
    System.out.println(
        "layer of one small file: " + size + " bytes, first layer of one small file: " + first);
    assertThat(size).isLessThanOrEqualTo(40 << 10);
    assertThat(first).isLessThanOrEqualTo(40 << 10);
  }

  /** Whether the bitmaps have been written before the file goes, or only the file's own bytes. */
  @ParameterizedTest
  @ValueSource(strings = {"-f .", "temp"})
  void freedBlocksDoNotReachTheLayer(String synced) throws Exception {
    Snapshot base = step(snapshots.scratch(), "base", 1000);
    Random random = new Random(1);
    byte[] noise = new byte[8 << 20];
    random.nextBytes(noise);
    try (ActiveSnapshot active = snapshots.prepare(base, "temp", lease)) {
      on(
          snapshots,
          () -> {
            Path temp = active.path().resolve("temp");
            Files.write(temp, noise);
            List<String> sync = new ArrayList<>(List.of("sync"));
            sync.addAll(List.of(synced.split(" ")));
            new ProcessBuilder(sync).directory(active.path().toFile()).start().waitFor();
            Files.delete(temp);
            return Files.write(active.path().resolve("kept"), new byte[] {1});
          });
      Snapshot after = active.commit("temp");
      assertThat(after.layers().getLast().seal().descriptor().size()).isLessThan(60 << 10);
      assertThat(snapshots.verify(after).problems()).isEmpty();
    }
  }

  @Test
  void sealedLayersAloneShowTheSameTreeAndPassE2fsck() throws Exception {
    Snapshot at = snapshots.scratch();
    for (int i = 0; i < 4; i++) {
      int number = i;
      try (ActiveSnapshot active = snapshots.prepare(at, "step " + i, lease)) {
        on(snapshots, () -> change(active.path(), number));
        at = active.commit("step " + i);
      }
    }
    List<String> expected;
    try (MountedView view = snapshots.view(at)) {
      expected = on(snapshots, () -> listing(view.path()));
    }
    // A stack of its own over the sealed files only: nothing of the store takes part.
    List<Layer> layers = openAll(at);
    Path files = Files.createDirectory(other.resolve("dev"));
    Path target = Files.createDirectory(other.resolve("mnt"));
    try (StackDevice device = StackDevice.readOnly(LayerStack.of(layers));
        FuseLoopExporter exporter = new FuseLoopExporter(files);
        ExportedDevice exported = exporter.export(device, "independent", true)) {
      assertThat(run("e2fsck", "-fn", exported.node().toString())).doesNotContain("ERRORS");
      MountedDevice mount =
          on(
              snapshots,
              () ->
                  MountedDevice.mount(
                      exported.node(), target, new MountedDevice.Form("ext4", ""), true));
      assertThat(on(snapshots, () -> listing(target))).isEqualTo(expected);
      on(snapshots, mount::unmount);
    } finally {
      closeAll(layers);
    }
    assertThat(expected).hasSizeGreaterThan(30);
  }

  @Test
  void theSuperblockTellsNoTales() throws Exception {
    Snapshot at = step(step(snapshots.scratch(), "a", 10), "b", 10);
    List<Layer> layers = openAll(at);
    Path files = Files.createDirectory(other.resolve("dev"));
    try (StackDevice device = StackDevice.readOnly(LayerStack.of(layers));
        FuseLoopExporter exporter = new FuseLoopExporter(files);
        ExportedDevice exported = exporter.export(device, "independent", true)) {
      String told = run("dumpe2fs", "-h", exported.node().toString());
      assertThat(told)
          .containsPattern("Last mounted on: +<not available>")
          .containsPattern("Last mount time: +n/a")
          .containsPattern("Filesystem state: +clean")
          .containsPattern("Mount count: +0\\n")
          .doesNotContain(root.toString());
    } finally {
      closeAll(layers);
    }
  }

  @Test
  void theRawFormGoesWhenTheSealedOneIsThereAndNobodyReadsIt() throws Exception {
    Snapshot first = step(snapshots.scratch(), "a", 10_000);
    Path raw = rawDirectories().getFirst();
    first.layers().getFirst().seal();
    assertThat(raw).isDirectory();
    snapshots.closeIdle();
    assertThat(raw).doesNotExist();
    try (MountedView view = snapshots.view(first)) {
      assertThat(on(snapshots, () -> Files.size(view.path().resolve("a")))).isEqualTo(10_000);
    }
    assertThat(snapshots.verify(first).blobs()).isEqualTo(1);
  }

  @Test
  void aSpoiledBlobIsFoundByVerify() throws Exception {
    Snapshot first = step(snapshots.scratch(), "a", 10_000);
    SealedLayer sealed = first.layers().getFirst().seal();
    byte[] bytes = Files.readAllBytes(sealed.file());
    bytes[bytes.length / 2] ^= 1;
    Files.write(sealed.file(), bytes);
    assertThat(snapshots.verify(first).problems())
        .singleElement()
        .asString()
        .contains(sealed.descriptor().digest().hex());
  }

  @Test
  void pruningSparesWhatIsHeldAndTakesTheRestLeavesFirst() throws Exception {
    Snapshot first = step(snapshots.scratch(), "a", 10_000);
    Snapshot second = step(first, "b", 10_000);
    second.layers().getLast().seal();
    assertThat(snapshots.prune(PruneRequest.everything()).removed()).isEmpty();
    assertThatThrownBy(() -> snapshots.remove(second.id())).hasMessageContaining("in use");

    lease.close();
    lease = snapshots.lease("second", Duration.ofHours(1));
    assertThat(snapshots.usage().records()).hasSize(2).noneMatch(UsageRecord::inUse);
    assertThatThrownBy(() -> snapshots.remove(first.id())).hasMessageContaining("standing on it");
    snapshots
        .images()
        .put("docker.io/library/app:latest", new byte[] {1}, new byte[] {2}, first, 1);
    assertThat(snapshots.prune(PruneRequest.unused()).removed())
        .extracting(UsageRecord::id)
        .containsExactly(second.id());
    assertThatThrownBy(() -> snapshots.prepare(second, "k", lease))
        .isInstanceOf(SnapshotGoneException.class)
        .hasMessageContaining(second.id());

    assertThat(snapshots.images().remove("docker.io/library/app:latest")).isTrue();
    PruneReport report = snapshots.prune(PruneRequest.unused());
    assertThat(report.removed()).extracting(UsageRecord::id).containsExactly(first.id());
    assertThat(report.bytes()).isPositive();
    assertThat(rawDirectories()).isEmpty();
  }

  private static Path change(Path at, int number) throws IOException {
    Random random = new Random(number);
    for (int i = 0; i < 12; i++) {
      Path folder = Files.createDirectories(at.resolve("d" + random.nextInt(6)));
      byte[] content = new byte[random.nextInt(200_000)];
      random.nextBytes(content);
      Files.write(folder.resolve("f" + random.nextInt(30)), content);
    }
    Path link = at.resolve("link" + number);
    Files.createSymbolicLink(link, Path.of("d1"));
    Files.writeString(at.resolve("hard" + number), "hard " + number);
    Files.createLink(at.resolve("hard-again" + number), at.resolve("hard" + number));
    Files.deleteIfExists(at.resolve("hard-again" + (number - 1)));
    return at;
  }

  private static List<String> listing(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      List<String> lines = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        String line =
            folder.relativize(file)
                + " "
                + Files.getAttribute(file, "unix:mode", java.nio.file.LinkOption.NOFOLLOW_LINKS)
                + " "
                + Files.getAttribute(file, "unix:nlink", java.nio.file.LinkOption.NOFOLLOW_LINKS)
                + " "
                + Files.getLastModifiedTime(file, java.nio.file.LinkOption.NOFOLLOW_LINKS);
        if (Files.isSymbolicLink(file)) {
          line += " -> " + Files.readSymbolicLink(file);
        } else if (Files.isRegularFile(file)) {
          line += " " + Digest.sha256(Files.readAllBytes(file));
        }
        lines.add(line);
      }
      return lines;
    }
  }

  private List<Path> rawDirectories() throws IOException {
    try (var raws = Files.list(snapshots.paths().rawLayers())) {
      return raws.filter(p -> !p.getFileName().toString().startsWith("template")).toList();
    }
  }

  private static List<Layer> openAll(Snapshot snapshot) throws IOException {
    List<Layer> layers = new ArrayList<>();
    for (LayerSource source : snapshot.layers()) {
      layers.add(LayerFile.open(ChannelFile.open(source.seal().file()), "sealed"));
    }
    return layers;
  }

  private static void closeAll(List<Layer> layers) throws IOException {
    for (Layer layer : layers) {
      layer.close();
    }
  }

  private Snapshot step(Snapshot parent, String name, int size) throws IOException {
    try (ActiveSnapshot active = snapshots.prepare(parent, "write " + name, lease)) {
      byte[] content = new byte[size];
      new Random(size).nextBytes(content);
      on(snapshots, () -> Files.write(active.path().resolve(name), content));
      return active.commit("write " + name);
    }
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
