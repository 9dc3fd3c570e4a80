package dev.obdbuild.builder.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.backstore.prefetch.AccelerationLayer;
import dev.obdbuild.backstore.prefetch.TraceRecorder;
import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.ImageLookup;
import dev.obdbuild.builder.config.ConfigFile;
import dev.obdbuild.builder.config.HostOptions;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.History;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.overlaybd.trace.TraceRecord;
import dev.obdbuild.snapshots.MountedView;
import dev.obdbuild.solver.CancellationSource;
import dev.obdbuild.solver.progress.ProgressSink;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.Shared;
import dev.obdbuild.testkit.TestRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images whose top layer is a prefetch trace: made, used, and built upon. */
@NeedsDevice
@NeedsShared
final class AccelerationTest {
  @TempDir private Path folder;
  @AutoClose private TestRegistry registry;

  @BeforeEach
  void publish() throws IOException {
    registry = TestRegistry.start();
    List<Descriptor> layers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      byte[] layer = Files.readAllBytes(Shared.path("fixtures/overlaybd/apply/layer" + i));
      registry.putBlob("team/app", layer);
      Descriptor plain = Descriptor.of(MediaTypes.OCI_LAYER, layer);
      layers.add(
          plain.withAnnotations(
              OverlaybdAnnotations.of(plain.digest(), layer.length, Optional.of("ext4"))));
    }
    byte[] config =
        ImageConfig.empty(Platform.host())
            .withDiffIds(layers.stream().map(Descriptor::digest).toList())
            .withHistory(List.of(step("one"), step("two"), step("three")))
            .toJson();
    registry.putBlob("team/app", config);
    registry.putManifest(
        "team/app",
        "1",
        MediaTypes.OCI_MANIFEST,
        new Manifest(Descriptor.of(MediaTypes.OCI_CONFIG, config), layers).toJson());
  }

  private static History step(String createdBy) {
    return History.of(Optional.empty(), createdBy, false);
  }

  private Engine engine(String root) throws IOException {
    return Engine.open(HostOptions.of(folder.resolve(root)), ConfigFile.none(), Credentials.none());
  }

  private String name(String image) {
    return registry.host() + "/" + image;
  }

  /** Reads all files of an image, in another process; yields their names. */
  private String readAll(Engine engine, String image) throws Exception {
    try (ImageLookup.Found found = new ImageLookup(engine).find(name(image));
        MountedView view = engine.snapshots().view(found.snapshot())) {
      assertThat(found.snapshot().layers()).hasSize(3);
      Process reading =
          new ProcessBuilder("sh", "-c", "find . -type f -print -exec cat {} + | sha256sum")
              .directory(view.path().toFile())
              .start();
      String hash = new String(reading.getInputStream().readAllBytes(), UTF_8);
      assertThat(reading.waitFor()).isZero();
      assertThat(view.deviceFailure()).isEmpty();
      return hash;
    }
  }

  private ImageTransfer.Outcome accelerate(String image, List<TraceRecord> trace, String target)
      throws IOException {
    try (Engine engine = engine("maker");
        CancellationSource cancellation = new CancellationSource()) {
      return new ImageTransfer(engine, ProgressSink.none(), cancellation)
          .accelerate(name(image), trace, name(target));
    }
  }

  private Manifest manifest(String repository) throws IOException {
    return Manifest.parse(registry.manifest(repository, "1").orElseThrow(), repository);
  }

  private byte[] blob(String repository, Digest digest) {
    return registry.blob(repository, digest.toString()).orElseThrow();
  }

  @Test
  void whatWasReadComesAheadTheNextTime() throws Exception {
    TraceRecorder recorder = new TraceRecorder();
    String content;
    try (Engine engine = engine("recording")) {
      engine.record(recorder);
      content = readAll(engine, "team/app:1");
    }
    assertThat(recorder.records()).isNotEmpty();
    accelerate("team/app:1", recorder.records(), "team/fast:1");

    Manifest made = manifest("team/fast");
    Descriptor top = made.accelerationLayer().orElseThrow();
    assertThat(made.layers())
        .hasSize(4)
        .startsWith(manifest("team/app").layers().toArray(new Descriptor[0]));
    assertThat(top.annotations())
        .containsEntry(OverlaybdAnnotations.BLOB_DIGEST, top.digest().toString());
    byte[] tar = blob("team/fast", top.digest());
    assertThat(AccelerationLayer.read(new ByteArrayInputStream(tar), "t"))
        .contains(recorder.records());
    ImageConfig config = ImageConfig.parse(blob("team/fast", made.config().digest()), "config");
    assertThat(config.diffIds()).hasSize(4).endsWith(top.digest());
    assertThat(config.history().stream().map(History::createdBy))
        .containsExactly("one", "two", "three", "Acceleration Layer");

    try (Engine engine = engine("replaying")) {
      assertThat(readAll(engine, "team/fast:1")).isEqualTo(content);
    }
    assertThat(registry.count("GET /v2/team/fast/blobs/" + top.digest())).isEqualTo(1);
  }

  @Test
  void aTraceTakesThePlaceOfTheOneBefore() throws Exception {
    accelerate("team/app:1", List.of(new TraceRecord(0, 4096, 4096)), "team/fast:1");
    accelerate("team/fast:1", List.of(new TraceRecord(1, 4096, 4096)), "team/faster:1");
    Manifest made = manifest("team/faster");
    assertThat(made.layers()).hasSize(4);
    ImageConfig config = ImageConfig.parse(blob("team/faster", made.config().digest()), "config");
    assertThat(config.history()).hasSize(4);
    byte[] tar = blob("team/faster", made.layers().getLast().digest());
    assertThat(AccelerationLayer.read(new ByteArrayInputStream(tar), "t"))
        .contains(List.of(new TraceRecord(1, 4096, 4096)));
  }

  @Test
  void aTraceThatFitsNoLayerDoesNoHarm() throws Exception {
    accelerate(
        "team/app:1",
        List.of(new TraceRecord(9, 0, 4096), new TraceRecord(0, 1L << 60, 4096)),
        "team/odd:1");
    try (Engine engine = engine("odd")) {
      assertThat(readAll(engine, "team/odd:1")).isNotEmpty();
    }
  }
}
