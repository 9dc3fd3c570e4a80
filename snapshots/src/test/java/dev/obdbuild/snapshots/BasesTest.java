package dev.obdbuild.snapshots;

import static dev.obdbuild.snapshots.TestStore.on;
import static dev.obdbuild.snapshots.TestStore.read;
import static dev.obdbuild.snapshots.TestStore.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.image.SealedLayer;
import dev.obdbuild.oci.tar.TarEntry;
import dev.obdbuild.oci.tar.TarReader;
import dev.obdbuild.oci.tar.TarWriter;
import dev.obdbuild.snapshots.TestStore.Files4Blobs;
import dev.obdbuild.snapshots.changeset.TarFormat;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsRoot
@NeedsDevice
final class BasesTest {
  private static final Repository REPOSITORY = new Repository("localhost:5000", "base/test");

  @TempDir Path root;
  @TempDir Path blobs;
  private final Files4Blobs remote = new Files4Blobs();
  private Snapshots snapshots;
  private Lease lease;

  @BeforeEach
  void open() throws Exception {
    snapshots = Snapshots.open(TestStore.config(root, remote));
    lease = snapshots.lease("test", Duration.ofHours(1));
  }

  @AfterEach
  void close() throws Exception {
    lease.close();
    snapshots.close();
  }

  @Test
  void ordinaryLayersOfEveryCompressionAreConvertedOnce() throws Exception {
    byte[] first = tar(file("a", "one"), file("b", "two"));
    byte[] second = tar(file(".wh.a", ""), file("c", "three"));
    byte[] third = tar(file("b", "changed"));
    ImageBase base =
        base(List.of(first, second, third), List.of(gzip(first), Zstd.compress(second), third));
    Map<Digest, Long> progress = new HashMap<>();

    Snapshot snapshot =
        snapshots.base(base, lease, (layer, bytes, _) -> progress.put(layer.digest(), bytes));

    assertThat(snapshot.layers()).hasSize(3);
    assertThat(remote.streamed).hasValue(3);
    base.layers()
        .forEach(layer -> assertThat(progress).containsEntry(layer.digest(), layer.size()));
    try (MountedView view = snapshots.view(snapshot)) {
      assertThat(on(snapshots, () -> Files.exists(view.path().resolve("a")))).isFalse();
      assertThat(read(snapshots, view.path().resolve("b"))).isEqualTo("changed");
      assertThat(read(snapshots, view.path().resolve("c"))).isEqualTo("three");
    }
    assertThat(snapshots.verify(snapshot).problems()).isEmpty();

    Snapshot again = snapshots.base(base, lease, BaseProgress.NONE);
    assertThat(again.id()).isEqualTo(snapshot.id());
    assertThat(remote.streamed).hasValue(3);
    // The same first layer under another top is not converted again either.
    snapshots.base(
        base(List.of(first, third), List.of(gzip(first), third)), lease, BaseProgress.NONE);
    assertThat(remote.streamed).hasValue(4);
  }

  @Test
  void convertedLayersSayWhichChainTheyCameFrom() throws Exception {
    byte[] tar = tar(file("a", "one"));
    Snapshot snapshot = snapshots.base(base(List.of(tar), List.of(tar)), lease, BaseProgress.NONE);
    String uuid = header(snapshot.layers().getFirst().seal());
    assertThat(uuid.replace("-", "").toLowerCase(java.util.Locale.ROOT))
        .isEqualTo(Digest.sha256(tar).hex().substring(0, 32));
  }

  @Test
  void twoThreadsAndTwoStoresConvertAChainOnce() throws Exception {
    byte[] tar = tar(file("a", "one"));
    ImageBase base = base(List.of(tar), List.of(gzip(tar)));
    try (Snapshots second = Snapshots.open(TestStore.config(root, remote));
        Lease secondLease = second.lease("second", Duration.ofHours(1));
        var threads = Executors.newFixedThreadPool(4)) {
      Callable<String> here = () -> snapshots.base(base, lease, BaseProgress.NONE).id();
      Callable<String> there = () -> second.base(base, secondLease, BaseProgress.NONE).id();
      List<String> ids = new ArrayList<>();
      for (var future : threads.invokeAll(List.of(here, there, here, there))) {
        ids.add(future.get());
      }
      assertThat(ids).containsOnly(ids.getFirst());
      assertThat(remote.streamed).hasValue(1);
      try (MountedView view = second.view(second.get(ids.getFirst()).orElseThrow())) {
        assertThat(read(second, view.path().resolve("a"))).isEqualTo("one");
      }
    }
  }

  @Test
  void aLayerThatIsNotWhatTheConfigSaysLeavesNothing() throws Exception {
    byte[] tar = tar(file("a", "one"));
    ImageBase lie =
        new ImageBase(
            "liar",
            List.of(blob(gzip(tar), Map.of())),
            List.of(Digest.sha256(new byte[1])),
            REPOSITORY);
    assertThatThrownBy(() -> snapshots.base(lie, lease, BaseProgress.NONE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(Digest.sha256(tar).toString())
        .hasMessageContaining("config says");
    assertThat(snapshots.usage().records()).isEmpty();
  }

  @Test
  void aBrokenLayerLeavesNothingAndIsConvertedWhenItIsWhole() throws Exception {
    byte[] tar = tar(file("a", "x".repeat(100_000)));
    byte[] whole = gzip(tar);
    Descriptor layer = blob(whole, Map.of());
    ImageBase base = new ImageBase("b", List.of(layer), List.of(Digest.sha256(tar)), REPOSITORY);
    Files.write(
        blobs.resolve(layer.digest().hex()), java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> snapshots.base(base, lease, BaseProgress.NONE))
        .isInstanceOf(IOException.class);
    assertThat(snapshots.usage().records()).isEmpty();
    Files.write(blobs.resolve(layer.digest().hex()), whole);
    assertThat(snapshots.base(base, lease, BaseProgress.NONE).layers()).hasSize(1);
  }

  @Test
  void overlaybdLayersAreNotReadBeforeTheyAreNeeded(@TempDir Path elsewhere) throws Exception {
    List<SealedLayer> layers = buildElsewhere(elsewhere, 3);
    ImageBase base = overlaybd(layers, List.of());

    Snapshot snapshot = snapshots.base(base, lease, BaseProgress.NONE);

    assertThat(snapshot.layers()).hasSize(3);
    assertThat(remote.opened).hasValue(0);
    LayerSource top = snapshot.layers().getLast();
    assertThat(top.existing().orElseThrow().repository()).isEqualTo(REPOSITORY);
    assertThat(top.existing().orElseThrow().descriptor()).isEqualTo(base.layers().getLast());
    try (ActiveSnapshot active = snapshots.prepare(snapshot, "k", lease)) {
      assertThat(read(snapshots, active.path().resolve("file2"))).isEqualTo("content 2");
      write(snapshots, active.path().resolve("mine"), "mine");
      Snapshot child = active.commit("mine");
      assertThat(child.layers()).hasSize(4);
      assertThat(child.layers().getLast().existing()).isEmpty();
      assertThat(header(child.layers().getLast().seal())).isNotEmpty();
    }
    assertThat(remote.opened).hasValue(3);
    assertThat(remote.streamed).hasValue(0);
    assertThat(snapshots.base(base, lease, BaseProgress.NONE).id()).isEqualTo(snapshot.id());
    // Only who wants the whole file gets it.
    SealedLayer fetched = top.seal();
    assertThat(remote.streamed).hasValue(1);
    assertThat(Files.mismatch(fetched.file(), layers.getLast().file())).isEqualTo(-1);
  }

  @Test
  void anAccelerationLayerIsDropped(@TempDir Path elsewhere) throws Exception {
    List<SealedLayer> layers = buildElsewhere(elsewhere, 1);
    Descriptor trace =
        blob(
            new byte[] {1, 2, 3},
            Map.of(
                OverlaybdAnnotations.BLOB_DIGEST, "x",
                OverlaybdAnnotations.BLOB_SIZE, "3",
                OverlaybdAnnotations.ACCELERATION_LAYER, "yes"));
    Snapshot snapshot = snapshots.base(overlaybd(layers, List.of(trace)), lease, BaseProgress.NONE);
    assertThat(snapshot.layers()).hasSize(1);
  }

  @Test
  @Tag("slow")
  void aBaseOf255LayersIsABaseLikeAnyOther(@TempDir Path elsewhere) throws Exception {
    List<SealedLayer> layers = buildElsewhere(elsewhere, 255);
    Snapshot snapshot = snapshots.base(overlaybd(layers, List.of()), lease, BaseProgress.NONE);
    long start = System.nanoTime();
    try (ActiveSnapshot active = snapshots.prepare(snapshot, "k", lease)) {
      System.out.println(
          "255 layers opened and mounted in ms: " + (System.nanoTime() - start) / 1000000);
      for (int i = 0; i < 255; i++) {
        assertThat(read(snapshots, active.path().resolve("file" + i))).isEqualTo("content " + i);
      }
      write(snapshots, active.path().resolve("mine"), "mine");
      Snapshot child = active.commit("mine");
      assertThat(child.layers()).hasSize(256);
      assertThat(snapshots.verify(child).problems()).isEmpty();
    }
  }

  @Test
  void layersOfAnOrdinaryBaseAreExportedAsTheyCame() throws Exception {
    byte[] tar = tar(file("a", "one"));
    byte[] zipped = gzip(tar);
    Snapshot base = snapshots.base(base(List.of(tar), List.of(zipped)), lease, BaseProgress.NONE);
    Snapshot child = new Changesets(snapshots, lease).step(base, "echo two > b");
    remote.streamed.set(0);

    List<LayerSource> layers = snapshots.tarLayers(child, TarFormat.ZSTD);
    LayerSource bottom = layers.getFirst();
    assertThat(bottom.existing().orElseThrow().repository()).isEqualTo(REPOSITORY);
    assertThat(bottom.existing().orElseThrow().descriptor().digest())
        .isEqualTo(Digest.sha256(zipped));
    assertThat(bottom.diffId()).isEqualTo(Digest.sha256(tar));
    assertThat(remote.streamed).hasValue(0);
    assertThat(Files.readAllBytes(bottom.seal().file())).isEqualTo(zipped);
    assertThat(layers.getLast().existing()).isEmpty();
    assertThat(layers.getLast().seal().descriptor().mediaType())
        .isEqualTo(MediaTypes.OCI_LAYER_ZSTD);

    LayerSource forced = snapshots.tarLayers(child, TarFormat.ZSTD.forced()).getFirst();
    assertThat(forced.existing()).isEmpty();
    SealedLayer recompressed = forced.seal();
    assertThat(recompressed.diffId()).isEqualTo(Digest.sha256(tar));
    assertThat(recompressed.descriptor().mediaType()).isEqualTo(MediaTypes.OCI_LAYER_ZSTD);
    assertThat(snapshots.tarLayers(child, TarFormat.GZIP.forced()).getFirst().existing())
        .isPresent();
  }

  @Test
  void ordinaryLayersAreMadeOnceAndGoWithTheirSnapshot() throws Exception {
    Changesets changesets = new Changesets(snapshots, lease);
    Snapshot first = changesets.step(snapshots.scratch(), "echo one > a; touch -d 2030-01-01 a");
    SealedLayer layer = changesets.top(first, TarFormat.GZIP);
    var made = Files.getLastModifiedTime(layer.file());
    assertThat(changesets.top(first, TarFormat.GZIP)).isEqualTo(layer);
    assertThat(Files.getLastModifiedTime(layer.file())).isEqualTo(made);
    SealedLayer early = changesets.top(first, TarFormat.GZIP.withEpoch(java.time.Instant.EPOCH));
    assertThat(early.diffId()).isNotEqualTo(layer.diffId());
    assertThat(snapshots.verify(first).problems()).isEmpty();
    lease.close();
    snapshots.prune(PruneRequest.everything());
    assertThat(layer.file()).doesNotExist();
    assertThat(early.file()).doesNotExist();
    lease = snapshots.lease("again", Duration.ofHours(1));
  }

  @Test
  void aTarWithATimeDatesAlsoWhatIsOlder(@TempDir Path elsewhere) throws Exception {
    Snapshot snapshot =
        new Changesets(snapshots, lease)
            .step(
                snapshots.scratch(),
                "echo 1 > a; touch -d 2030-01-01 a; echo 2 > b; touch -d 2001-01-01 b");
    Path file = elsewhere.resolve("whole.tar");
    try (OutputStream out = Files.newOutputStream(file)) {
      snapshots.writeTar(snapshot, out, Optional.of(Instant.ofEpochSecond(1_600_000_000)));
    }
    Map<String, Long> dates = new TreeMap<>();
    try (TarReader tar = new TarReader(Files.newInputStream(file), file.toString())) {
      for (Optional<TarEntry> e = tar.next(); e.isPresent(); e = tar.next()) {
        dates.put(e.get().nameText(), e.get().mtime().seconds());
      }
    }
    assertThat(dates).isEqualTo(Map.of("a", 1_600_000_000L, "b", 1_600_000_000L));
  }

  @Test
  void layersOfAnOverlaybdBaseAreComputed(@TempDir Path elsewhere) throws Exception {
    Snapshot snapshot =
        snapshots.base(
            overlaybd(buildElsewhere(elsewhere, 2), List.of()), lease, BaseProgress.NONE);
    List<LayerSource> layers = snapshots.tarLayers(snapshot, TarFormat.UNCOMPRESSED);
    assertThat(layers).allSatisfy(layer -> assertThat(layer.existing()).isEmpty());
    assertThat(Changesets.entries(layers.getFirst().seal().file())).containsExactly("file file0");
    assertThat(Changesets.entries(layers.getLast().seal().file())).containsExactly("file file1");
  }

  /** Layers of one file each, sealed by another store, served as blobs. */
  private List<SealedLayer> buildElsewhere(Path folder, int steps) throws IOException {
    List<SealedLayer> sealed = new ArrayList<>();
    try (Snapshots other = TestStore.open(folder);
        Lease held = other.lease("other", Duration.ofHours(1))) {
      Snapshot at = other.scratch();
      for (int i = 0; i < steps; i++) {
        try (ActiveSnapshot active = other.prepare(at, "step " + i, held)) {
          write(other, active.path().resolve("file" + i), "content " + i);
          at = active.commit("step " + i);
        }
      }
      for (LayerSource layer : at.layers()) {
        SealedLayer one = layer.seal();
        remote.files.put(one.descriptor().digest().toString(), one.file());
        sealed.add(one);
      }
    }
    return sealed;
  }

  private static ImageBase overlaybd(List<SealedLayer> layers, List<Descriptor> more) {
    List<Descriptor> descriptors =
        new ArrayList<>(layers.stream().map(SealedLayer::descriptor).toList());
    descriptors.addAll(more);
    return new ImageBase(
        "overlaybd base",
        descriptors,
        descriptors.stream().map(Descriptor::digest).toList(),
        REPOSITORY);
  }

  private ImageBase base(List<byte[]> tars, List<byte[]> files) throws IOException {
    List<Descriptor> layers = new ArrayList<>();
    for (byte[] file : files) {
      layers.add(blob(file, Map.of()));
    }
    return new ImageBase(
        "test base", layers, tars.stream().map(Digest::sha256).toList(), REPOSITORY);
  }

  private Descriptor blob(byte[] bytes, Map<String, String> annotations) throws IOException {
    Descriptor descriptor =
        Descriptor.of(MediaTypes.OCI_LAYER_GZIP, bytes).withAnnotations(annotations);
    Path file = blobs.resolve(descriptor.digest().hex());
    Files.write(file, bytes);
    remote.files.put(descriptor.digest().toString(), file);
    return descriptor;
  }

  private static String header(SealedLayer sealed) throws IOException {
    try (var layer =
        dev.obdbuild.overlaybd.layer.LayerFile.open(
            dev.obdbuild.overlaybd.block.ChannelFile.open(sealed.file()), "sealed")) {
      return layer.uuid();
    }
  }

  private record Entry(String name, byte[] content) {}

  private static Entry file(String name, String content) {
    return new Entry(name, content.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] tar(Entry... entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(out)) {
      for (Entry entry : entries) {
        writer.add(
            TarEntry.builder(TarEntry.Type.FILE, entry.name())
                .mode(0644)
                .size(entry.content().length)
                .build(),
            new ByteArrayInputStream(entry.content()));
      }
    }
    return out.toByteArray();
  }

  private static byte[] gzip(byte[] data) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(data);
    }
    return out.toByteArray();
  }
}
