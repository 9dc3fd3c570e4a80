package dev.obdbuild.pusher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.oci.image.ContainerConfig;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.History;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Index;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.pusher.attest.Attestation;
import dev.obdbuild.pusher.attest.JsonText;
import dev.obdbuild.pusher.output.ImageOptions;
import dev.obdbuild.pusher.output.ImageOutput;
import dev.obdbuild.pusher.output.LayerChoice;
import dev.obdbuild.pusher.output.Output;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents beside those that a real BuildKit made; only digests, sizes and times differ. */
final class BuildkitGoldenTest {

  private static final Platform AMD64 = Platform.parse("linux/amd64");
  private static final Platform ARM64 = Platform.parse("linux/arm64");
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00.123456789Z");

  @TempDir Path folder;

  private static ImageOptions options(Map<String, String> attributes) {
    Map<String, String> all = new TreeMap<>(attributes);
    all.put("compression", "gzip");
    return ((ImageOutput) Output.parse("image", all, LayerChoice.OVERLAYBD)).image();
  }

  private PlatformImage platform(Platform platform, Attestation... attestations)
      throws IOException {
    LayerChain chain =
        new LayerChain(
            List.of(
                TarLayer.of(folder, Map.of("f", "hi\n")), TarLayer.of(folder, Map.of("g", "ho\n"))),
            List.of(Optional.of(NOW), Optional.of(NOW)));
    ContainerConfig container =
        ContainerConfig.empty().toBuilder()
            .env(
                List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "A=b"))
            .workingDir("/")
            .build();
    ImageConfig config =
        ImageConfig.empty(platform)
            .withConfig(container)
            .withHistory(
                List.of(
                    History.of(Optional.empty(), "COPY f /f # buildkit", false),
                    History.of(Optional.empty(), "ENV A=b", true),
                    History.of(Optional.empty(), "COPY g /g # buildkit", false)));
    return new PlatformImage(
        platform,
        Optional.of(chain),
        Optional.empty(),
        config,
        0,
        Optional.empty(),
        List.of(attestations),
        Map.of());
  }

  private static Attestation provenance() {
    return new Attestation(
        "https://slsa.dev/provenance/v1",
        "{}".getBytes(StandardCharsets.UTF_8),
        "provenance.json",
        true,
        List.of());
  }

  private static ImageTree made(Map<String, String> attributes, PlatformImage... platforms)
      throws IOException {
    return ImageAssembly.assemble(
            List.of(platforms),
            platforms.length > 1,
            options(attributes),
            List.of("127.0.0.1:5000/pu/app:1"),
            ExportStages.NONE)
        .image();
  }

  private static byte[] bytes(ImageTree tree, Digest digest) {
    return tree.documents().stream()
        .filter(document -> document.descriptor().digest().equals(digest))
        .findFirst()
        .orElseThrow()
        .bytes();
  }

  private static String masked(byte[] json) throws IOException {
    return JsonText.compact(new String(json, StandardCharsets.UTF_8), "golden")
        .replaceAll("sha256:[0-9a-f]{64}", "DIGEST")
        .replaceAll("\"size\":[0-9]+", "SIZE")
        .replaceAll("20[0-9-]+T[0-9:.]+Z", "TIME");
  }

  private static void assertLike(String golden, byte[] made) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            BuildkitGoldenTest.class.getResourceAsStream("/buildkit/" + golden), golden)) {
      assertThat(masked(made)).isEqualTo(masked(in.readAllBytes()));
    }
  }

  @Test
  void a_manifest_and_its_config() throws Exception {
    ImageTree tree = made(Map.of("annotation.a", "b"), platform(AMD64));

    assertLike("manifest.json", bytes(tree, tree.root().digest()));
    assertLike("config.json", bytes(tree, tree.config().orElseThrow().digest()));
  }

  @Test
  void a_manifest_of_dockers_media_types() throws Exception {
    ImageTree tree = made(Map.of("oci-mediatypes", "false"), platform(AMD64));

    assertLike("docker-manifest.json", bytes(tree, tree.root().digest()));
  }

  @Test
  void an_index_of_two_platforms_with_attestations() throws Exception {
    ImageTree tree =
        made(
            Map.of("annotation-index.x", "y", "annotation-manifest-descriptor.z", "w"),
            platform(AMD64, provenance()),
            platform(ARM64, provenance()));

    byte[] index = bytes(tree, tree.root().digest());
    assertLike("index.json", index);
    Descriptor attestation = Index.parse(index, "index").manifests().get(2);
    assertLike("attestation.json", bytes(tree, attestation.digest()));
  }

  @Test
  void an_attestation_shaped_like_an_image() throws Exception {
    ImageTree tree = made(Map.of("oci-artifact", "false"), platform(AMD64, provenance()));

    byte[] index = bytes(tree, tree.root().digest());
    byte[] manifest = bytes(tree, Index.parse(index, "index").manifests().get(1).digest());
    assertLike("attestation-image.json", manifest);
    assertLike(
        "attestation-config.json",
        bytes(tree, Manifest.parse(manifest, "manifest").config().digest()));
  }
}
