package dev.obdbuild.pusher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.History;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.registry.RegistryConfig;
import dev.obdbuild.testkit.Fault;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.RealRegistry;
import dev.obdbuild.testkit.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagePusherTest {

  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

  @TempDir Path folder;
  private TestRegistry server;
  private RegistryClient client;

  @BeforeEach
  void start() throws IOException {
    server = TestRegistry.start();
    client = new RegistryClient(RegistryConfig.defaults(), Credentials.none());
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private FileLayer layer(int seed, int size) throws IOException {
    return FileLayer.of(folder, bytes(seed, size));
  }

  private static byte[] bytes(int seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static ImageContents image(LayerSource... layers) {
    List<History> history =
        List.of(layers).stream().map(l -> History.of(Optional.empty(), "RUN x", false)).toList();
    return new ImageContents(
        List.of(layers),
        List.of(layers).stream().map(l -> Optional.of(NOW)).toList(),
        ImageConfig.empty(Platform.parse("linux/amd64")).withHistory(history),
        Map.of(),
        Optional.empty());
  }

  private AssembledImage push(ImageContents contents, String... names) throws IOException {
    try (LayerUploader uploader = new LayerUploader(client, UploadProgress.NONE)) {
      AssembledImage assembled = AssembledImage.of(contents);
      new ImagePusher(client, uploader)
          .push(
              new ImageSet(ImageTree.of(contents, assembled), Optional.empty()),
              List.of(names).stream().map(Reference::parse).toList(),
              false,
              ExportStages.NONE);
      return assembled;
    }
  }

  @Test
  void a_pushed_image_has_overlaybd_layers_a_config_and_all_its_names() throws Exception {
    FileLayer bottom = layer(1, 5000).of("xfs");
    FileLayer top = layer(2, 300_000);

    AssembledImage made =
        push(
            image(bottom, top),
            server.host() + "/team/app:1",
            server.host() + "/team/app:2",
            server.host() + "/other:x");

    for (String name : List.of("team/app", "other")) {
      byte[] body =
          server.manifest(name, made.manifestDescriptor().digest().toString()).orElseThrow();
      Manifest manifest = Manifest.parse(body, name);
      assertThat(body).isEqualTo(made.manifest());
      assertThat(manifest.layers().stream().map(Descriptor::digest))
          .containsExactly(bottom.digest(), top.digest());
      assertThat(server.blob(name, top.digest().toString())).isPresent();
      assertThat(server.blob(name, manifest.config().digest().toString())).contains(made.config());
    }
    assertThat(server.manifest("team/app", "1")).isPresent();
    assertThat(server.manifest("team/app", "2")).isPresent();
    assertThat(server.manifest("other", "x")).isPresent();
    Descriptor first = made.layers().getFirst();
    assertThat(first.mediaType()).isEqualTo("application/vnd.oci.image.layer.v1.tar");
    assertThat(first.annotations())
        .containsEntry("containerd.io/snapshot/overlaybd/blob-digest", bottom.digest().toString())
        .containsEntry("containerd.io/snapshot/overlaybd/blob-size", "5000")
        .containsEntry("containerd.io/snapshot/overlaybd/version", "0.1.0")
        .containsEntry("containerd.io/snapshot/overlaybd/blob-fs-type", "xfs");
    assertThat(made.layers().getLast().annotations())
        .doesNotContainKey(OverlaybdAnnotations.FS_TYPE);
    ImageConfig config = ImageConfig.parse(made.config(), "config");
    assertThat(config.diffIds()).containsExactly(bottom.digest(), top.digest());
    assertThat(config.created()).contains(NOW);
  }

  @Test
  void a_layer_of_the_same_registry_is_mounted_and_moves_no_bytes() throws Exception {
    FileLayer base = layer(3, 100_000);
    server.putBlob("base/slim", bytes(3, 100_000));

    push(
        image(base.in(new Repository(server.host(), "base/slim")), layer(4, 10)),
        server.host() + "/app:1");

    assertThat(base.seals).hasValue(0);
    assertThat(server.blob("app", base.digest().toString())).isPresent();
  }

  @Test
  void a_layer_that_cannot_be_mounted_is_streamed_through() throws Exception {
    server.refuseMounts();
    FileLayer base = layer(5, 100_000).in(new Repository(server.host(), "base/slim"));

    push(image(base), server.host() + "/app:1");

    assertThat(base.seals).hasValue(1);
    assertThat(server.blob("app", base.digest().toString())).isPresent();
  }

  @Test
  void pushing_again_uploads_nothing() throws Exception {
    ImageContents contents = image(layer(6, 1000), layer(7, 2000));
    push(contents, server.host() + "/app:1");
    server.clearLog();

    push(contents, server.host() + "/app:1");

    assertThat(server.requests().stream().filter(r -> r.toString().contains("uploads"))).isEmpty();
    assertThat(server.count("PUT /v2/app/manifests")).isZero();
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void each_layer_is_asked_for_once() throws Exception {
    FileLayer layer = layer(6, 1000);

    push(image(layer), server.host() + "/app:1");

    assertThat(server.count("HEAD /v2/app/blobs/" + layer.digest())).isEqualTo(1);
    assertThat(server.blob("app", layer.digest().toString())).isPresent();
  }

  @Test
  void blobs_are_asked_for_where_the_name_is_gone_or_new() throws Exception {
    FileLayer layer = layer(6, 1000);
    push(image(layer), server.host() + "/app:1");
    server.deleteBlob("app", layer.digest().toString());

    push(image(layer), server.host() + "/app:1", server.host() + "/app:2");

    assertThat(server.blob("app", layer.digest().toString())).isPresent();
    assertThat(server.manifest("app", "2")).isPresent();
  }

  @Test
  void a_client_that_has_not_seen_an_image_whole_looks_for_its_blobs() throws Exception {
    FileLayer layer = layer(6, 1000);
    push(image(layer), server.host() + "/app:1");
    server.deleteBlob("app", layer.digest().toString());
    client.close();
    client = new RegistryClient(RegistryConfig.defaults(), Credentials.none());

    push(image(layer), server.host() + "/app:1");

    assertThat(server.blob("app", layer.digest().toString())).isPresent();
  }

  @Test
  void a_tag_that_was_moved_meanwhile_is_moved_back() throws Exception {
    ImageContents contents = image(layer(6, 1000));
    AssembledImage made = push(contents, server.host() + "/app:1");
    push(image(layer(7, 2000)), server.host() + "/app:1");

    push(contents, server.host() + "/app:1");

    assertThat(server.manifest("app", "1")).contains(made.manifest());
  }

  @Test
  void a_registry_that_does_not_tell_what_a_tag_stands_for_is_pushed_to() throws Exception {
    ImageContents contents = image(layer(6, 1000));
    push(contents, server.host() + "/app:1");
    server.clearLog();
    server.failNext(1, "HEAD /v2/app/manifests/1", Fault.status(405, "UNSUPPORTED"));

    push(contents, server.host() + "/app:1");

    assertThat(server.count("PUT /v2/app/manifests/1")).isEqualTo(1);
  }

  @Test
  void an_upload_begun_early_is_not_done_twice_and_waits_for_its_layer() throws Exception {
    FileLayer late = FileLayer.gated(folder, bytes(8, 4000));
    try (LayerUploader uploader = new LayerUploader(client, UploadProgress.NONE)) {
      Repository target = new Repository(server.host(), "app");
      uploader.begin(late, target);
      uploader.begin(late, target);
      late.gate.countDown();
      uploader.await(List.of(late), target);

      assertThat(late.seals).hasValue(1);
      assertThat(uploader.sentBytes()).isEqualTo(4000);
      assertThat(server.blob("app", late.digest().toString())).isPresent();
    }
  }

  @Test
  void a_refused_layer_fails_the_push_and_no_name_appears() throws Exception {
    ImageContents contents = image(layer(9, 1000));
    server.failNext(1000, "/blobs/uploads", Fault.status(403, "DENIED"));

    assertThatThrownBy(() -> push(contents, server.host() + "/app:1"))
        .hasMessageContaining("planted by the test");

    assertThat(server.manifest("app", "1")).isEmpty();
    server.heal();
    push(contents, server.host() + "/app:1");
    assertThat(server.manifest("app", "1")).isPresent();
  }

  @Test
  void an_ordinary_layer_is_refused_by_name() throws Exception {
    FileLayer layer = layer(10, 10);
    Descriptor plain = Descriptor.of(MediaTypes.OCI_LAYER_GZIP, new byte[] {1});
    LayerSource ordinary =
        new LayerSource() {
          @Override
          public Optional<dev.obdbuild.oci.image.LayerBlob> existing() {
            return Optional.of(
                new dev.obdbuild.oci.image.LayerBlob(plain, new Repository(server.host(), "b")));
          }

          @Override
          public dev.obdbuild.oci.image.SealedLayer seal() throws IOException {
            return layer.seal();
          }
        };

    assertThatThrownBy(() -> AssembledImage.of(image(ordinary)))
        .hasMessageContaining(plain.digest().toString())
        .hasMessageContaining("not an overlaybd layer");
  }

  @Test
  void a_referrer_is_found_through_its_subject() throws Exception {
    byte[] base =
        new Manifest(Descriptor.of(MediaTypes.OCI_CONFIG, new byte[] {'{', '}'}), List.of())
            .toJson();
    server.putManifest("base", "1", MediaTypes.OCI_MANIFEST, base);
    Descriptor subject = Descriptor.of(MediaTypes.OCI_MANIFEST, base);
    ImageContents plain = image(layer(11, 500));
    ImageContents contents =
        new ImageContents(
            plain.layers(), plain.chain().times(), plain.config(), Map.of(), Optional.of(subject));
    Repository target = new Repository(server.host(), "base");

    Digest digest;
    try (LayerUploader uploader = new LayerUploader(client, UploadProgress.NONE)) {
      digest =
          new ImagePusher(client, uploader)
              .pushUntagged(
                  ImageTree.of(contents, AssembledImage.of(contents)), target, ExportStages.NONE);
    }

    assertThat(
            client.referrers(target, subject.digest(), MediaTypes.OVERLAYBD_REFERRER).stream()
                .map(Descriptor::digest))
        .containsExactly(digest);
  }

  @Test
  void the_metadata_file_has_buildxs_keys() throws Exception {
    ImageContents contents = image(layer(12, 10));
    AssembledImage image = AssembledImage.of(contents);

    String json =
        new String(
            BuildMetadata.of(
                ExporterResponse.of(
                    ImageTree.of(contents, image),
                    List.of("docker.io/library/a:1", "docker.io/library/b:2"))),
            StandardCharsets.UTF_8);

    assertThat(json)
        .contains("\"containerimage.config.digest\": \"" + image.configDescriptor().digest() + "\"")
        .contains("\"containerimage.digest\": \"" + image.manifestDescriptor().digest() + "\"")
        .contains("\"image.name\": \"docker.io/library/a:1,docker.io/library/b:2\"")
        .contains("  \"containerimage.descriptor\": {\n    \"mediaType\": \"application/vnd.oci")
        .contains("    \"platform\": {\n      \"architecture\": \"amd64\",");
  }

  @Test
  @NeedsTool({"docker-registry", "skopeo"})
  void a_real_registry_takes_it_and_skopeo_reads_it_back(@TempDir Path data) throws Exception {
    try (RealRegistry real = RealRegistry.start(data)) {
      AssembledImage made =
          push(image(layer(13, 3_000_000), layer(14, 10)), real.host() + "/team/app:1");

      Process skopeo =
          new ProcessBuilder(
                  "skopeo",
                  "inspect",
                  "--raw",
                  "--tls-verify=false",
                  "docker://" + real.host() + "/team/app:1")
              .start();
      byte[] raw = skopeo.getInputStream().readAllBytes();

      assertThat(skopeo.waitFor()).isZero();
      assertThat(raw).isEqualTo(made.manifest());
    }
  }
}
