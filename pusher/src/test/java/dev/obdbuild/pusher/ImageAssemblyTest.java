package dev.obdbuild.pusher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.History;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Index;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.pusher.attest.Attestation;
import dev.obdbuild.pusher.output.ImageOptions;
import dev.obdbuild.pusher.output.LayerChoice;
import dev.obdbuild.pusher.output.LayoutOutput;
import dev.obdbuild.pusher.output.Output;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageAssemblyTest {

  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
  private static final Platform AMD64 = Platform.parse("linux/amd64");
  private static final Platform ARM64 = Platform.parse("linux/arm64");

  @TempDir Path folder;

  /** The same options that a client of BuildKit would get by these attributes. */
  private static ImageOptions options(Map<String, String> attributes) {
    Map<String, String> all = new TreeMap<>(attributes);
    all.putIfAbsent("compression", "gzip");
    return ((LayoutOutput) Output.parse("oci", all, LayerChoice.OVERLAYBD)).image();
  }

  private static ImageOptions imageOptions(Map<String, String> attributes) {
    return ((dev.obdbuild.pusher.output.ImageOutput)
            Output.parse("image", attributes, LayerChoice.OVERLAYBD))
        .image();
  }

  private PlatformImage platform(Platform platform, Attestation... attestations)
      throws IOException {
    LayerSource tar = TarLayer.of(folder, Map.of("for", platform.format()));
    LayerSource block = FileLayer.of(folder, platform.format().getBytes(StandardCharsets.UTF_8));
    ImageConfig config =
        ImageConfig.empty(platform)
            .withHistory(List.of(History.of(Optional.empty(), "COPY for /", false)));
    return new PlatformImage(
        platform,
        Optional.of(chain(tar)),
        Optional.of(chain(block)),
        config,
        0,
        Optional.empty(),
        List.of(attestations),
        Map.of());
  }

  private static LayerChain chain(LayerSource layer) {
    return new LayerChain(List.of(layer), List.of(Optional.of(NOW)));
  }

  private static Attestation provenance(boolean inlineOnly) {
    return new Attestation(
        "https://slsa.dev/provenance/v1",
        "{\"buildDefinition\":{}}".getBytes(StandardCharsets.UTF_8),
        "provenance.json",
        inlineOnly,
        List.of());
  }

  private static ImageSet assemble(ImageOptions options, boolean multi, PlatformImage... platforms)
      throws IOException {
    return ImageAssembly.assemble(
        List.of(platforms), multi, options, List.of("r.io/app:1"), ExportStages.NONE);
  }

  private static Index index(ImageTree tree) throws IOException {
    return Index.parse(tree.index().orElseThrow().bytes(), "index");
  }

  private static Manifest manifest(ImageTree tree, Descriptor descriptor) throws IOException {
    return Manifest.parse(bytes(tree, descriptor.digest()), "manifest");
  }

  private static byte[] bytes(ImageTree tree, Digest digest) {
    return tree.documents().stream()
        .filter(document -> document.descriptor().digest().equals(digest))
        .findFirst()
        .orElseThrow()
        .bytes();
  }

  @Test
  void a_single_ordinary_image_is_a_manifest_as_buildkit_makes_it() throws Exception {
    ImageTree tree =
        assemble(
                options(Map.of("annotation.a", "b", "annotation-manifest-descriptor.c", "d")),
                false,
                platform(AMD64))
            .image();

    Manifest manifest = manifest(tree, tree.root());
    assertThat(tree.index()).isEmpty();
    assertThat(tree.root().platform()).contains(AMD64);
    assertThat(tree.root().annotations()).containsOnly(Map.entry("c", "d"));
    assertThat(manifest.annotations()).containsOnly(Map.entry("a", "b"));
    assertThat(manifest.config().mediaType()).isEqualTo(MediaTypes.OCI_CONFIG);
    assertThat(manifest.layers().getFirst().mediaType()).isEqualTo(MediaTypes.OCI_LAYER_GZIP);
    assertThat(manifest.layers().getFirst().annotations()).isEmpty();
    ImageConfig config = ImageConfig.parse(bytes(tree, manifest.config().digest()), "config");
    assertThat(config.created()).contains(NOW);
    assertThat(config.diffIds()).hasSize(1).doesNotContain(manifest.layers().getFirst().digest());
  }

  @Test
  void dockers_media_types_are_used_where_asked_for() throws Exception {
    ImageTree tree =
        assemble(options(Map.of("oci-mediatypes", "false")), true, platform(AMD64), platform(ARM64))
            .image();

    assertThat(tree.root().mediaType()).isEqualTo(MediaTypes.DOCKER_INDEX);
    Manifest manifest = manifest(tree, index(tree).manifests().getFirst());
    assertThat(manifest.mediaType()).isEqualTo(MediaTypes.DOCKER_MANIFEST);
    assertThat(manifest.config().mediaType()).isEqualTo(MediaTypes.DOCKER_CONFIG);
    assertThat(manifest.layers().getFirst().mediaType()).isEqualTo(MediaTypes.DOCKER_LAYER_GZIP);
  }

  @Test
  void platforms_stand_in_the_order_asked_for_with_attestations_behind_them() throws Exception {
    ImageTree tree =
        assemble(
                options(Map.of("annotation-index.x", "y", "annotation-index-descriptor.v", "w")),
                true,
                platform(ARM64, provenance(false)),
                platform(AMD64, provenance(false)))
            .image();

    Index index = index(tree);
    assertThat(index.annotations()).containsOnly(Map.entry("x", "y"));
    assertThat(tree.root().annotations()).containsOnly(Map.entry("v", "w"));
    assertThat(index.manifests().stream().map(d -> d.platform().orElseThrow().format()))
        .containsExactly("linux/arm64", "linux/amd64", "unknown/unknown", "unknown/unknown");
    Descriptor image = index.manifests().get(0);
    Descriptor attestation = index.manifests().get(2);
    assertThat(attestation.annotations())
        .containsOnly(
            Map.entry("vnd.docker.reference.type", "attestation-manifest"),
            Map.entry("vnd.docker.reference.digest", image.digest().toString()));
    Manifest attested = manifest(tree, attestation);
    assertThat(attested.artifactType())
        .contains("application/vnd.docker.attestation.manifest.v1+json");
    assertThat(attested.subject().orElseThrow().digest()).isEqualTo(image.digest());
    assertThat(attested.config().mediaType()).isEqualTo(MediaTypes.OCI_EMPTY);
    assertThat(attested.config().size()).isEqualTo(2);
    Descriptor statement = attested.layers().getFirst();
    assertThat(statement.mediaType()).isEqualTo("application/vnd.in-toto+json");
    assertThat(statement.annotations())
        .containsOnly(Map.entry("in-toto.io/predicate-type", "https://slsa.dev/provenance/v1"));
    assertThat(new String(bytes(tree, statement.digest()), StandardCharsets.UTF_8))
        .contains("\"name\":\"pkg:docker/r.io/app@1?platform=linux%2Farm64\"")
        .contains("{\"sha256\":\"" + image.digest().hex() + "\"}");
  }

  @Test
  void an_attestation_without_artifact_is_shaped_like_an_image() throws Exception {
    ImageTree tree =
        assemble(
                options(Map.of("oci-artifact", "false")), false, platform(AMD64, provenance(false)))
            .image();

    Manifest attested = manifest(tree, index(tree).manifests().get(1));
    assertThat(attested.subject()).isEmpty();
    assertThat(attested.config().mediaType()).isEqualTo(MediaTypes.OCI_CONFIG);
    assertThat(new String(bytes(tree, attested.config().digest()), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"architecture\":\"unknown\",\"os\":\"unknown\",\"config\":{},\"rootfs\":"
                + "{\"type\":\"layers\",\"diff_ids\":[\""
                + attested.layers().getFirst().digest()
                + "\"]}}");
  }

  @Test
  void an_attestation_for_registries_only_makes_no_index_elsewhere() throws Exception {
    PlatformImage image = platform(AMD64, provenance(true));

    assertThat(assemble(options(Map.of()), false, image).image().index()).isEmpty();
    assertThat(
            assemble(options(Map.of("attestation-inline", "true")), false, image).image().index())
        .isPresent();
    assertThat(assemble(imageOptions(Map.of()), false, image).image().index()).isPresent();
    assertThatThrownBy(
            () ->
                assemble(
                    options(Map.of("oci-mediatypes", "false")),
                    false,
                    platform(AMD64, provenance(false))))
        .hasMessageContaining("cannot export attestations");
  }

  @Test
  void an_overlaybd_image_has_attestations_too() throws Exception {
    ImageTree tree =
        assemble(imageOptions(Map.of()), false, platform(AMD64, provenance(true))).image();

    Index index = index(tree);
    Manifest manifest = manifest(tree, index.manifests().getFirst());
    assertThat(OverlaybdAnnotations.isNative(manifest.layers().getFirst())).isTrue();
    assertThat(index.manifests().get(1).annotations())
        .containsEntry(
            "vnd.docker.reference.digest", index.manifests().getFirst().digest().toString());
  }

  @Test
  void the_overlaybd_image_refers_to_the_ordinary_one_at_every_level() throws Exception {
    ImageSet set =
        assemble(
            imageOptions(Map.of("format", "both")),
            true,
            platform(AMD64, provenance(true)),
            platform(ARM64));

    ImageTree referrer = set.referrer().orElseThrow();
    Index plain = index(set.image());
    Index blocks = index(referrer);
    assertThat(blocks.artifactType()).contains(MediaTypes.OVERLAYBD_REFERRER);
    assertThat(blocks.subject().orElseThrow().digest()).isEqualTo(set.image().root().digest());
    for (int i = 0; i < 2; i++) {
      Manifest ordinary = manifest(set.image(), plain.manifests().get(i));
      Manifest overlaybd = manifest(referrer, blocks.manifests().get(i));
      assertThat(overlaybd.artifactType()).contains(MediaTypes.OVERLAYBD_REFERRER);
      assertThat(overlaybd.subject().orElseThrow().digest())
          .isEqualTo(plain.manifests().get(i).digest());
      assertThat(OverlaybdAnnotations.isNative(overlaybd.layers().getFirst())).isTrue();
      assertThat(OverlaybdAnnotations.isNative(ordinary.layers().getFirst())).isFalse();
      assertThat(ordinary.subject()).isEmpty();
    }
    assertThat(plain.manifests()).hasSize(3);
    assertThat(blocks.manifests()).hasSize(3);
  }

  @Test
  void in_one_index_the_ordinary_image_comes_first_and_we_choose_the_blocks() throws Exception {
    ImageTree tree =
        assemble(imageOptions(Map.of("format", "both-index")), false, platform(AMD64)).image();

    Index index = index(tree);
    assertThat(index.manifests()).hasSize(2);
    assertThat(index.choose(AMD64)).contains(index.manifests().getLast());
    assertThat(
            OverlaybdAnnotations.isNative(
                manifest(tree, index.manifests().getFirst()).layers().getFirst()))
        .isFalse();
    Descriptor alternative = index.manifests().getLast();
    assertThat(alternative.platform().orElseThrow().osFeatures())
        .containsExactly("overlaybd.native.v1");
    assertThat(alternative.annotations()).containsEntry(OverlaybdAnnotations.VERSION, "0.1.0");
    assertThat(OverlaybdAnnotations.isNative(manifest(tree, alternative).layers().getFirst()))
        .isTrue();
  }

  @Test
  void nothing_but_the_base_is_dated_after_the_epoch() throws Exception {
    Instant epoch = Instant.ofEpochSecond(1_000_000_000);
    Instant base = Instant.parse("2025-01-01T00:00:00Z");
    PlatformImage plain = platform(AMD64);
    ImageConfig config =
        plain
            .config()
            .withHistory(
                List.of(
                    History.of(Optional.of(base), "base", true),
                    History.of(Optional.empty(), "COPY for /", false)));
    PlatformImage image =
        new PlatformImage(
            AMD64,
            plain.ordinary(),
            plain.overlaybd(),
            config,
            1,
            Optional.of(epoch),
            List.of(),
            Map.of("moby.buildkit.cache.v0", "\"e30=\""));

    ImageTree tree = assemble(options(Map.of()), false, image).image();

    byte[] bytes = bytes(tree, tree.config().orElseThrow().digest());
    ImageConfig made = ImageConfig.parse(bytes, "config");
    assertThat(made.history().stream().map(h -> h.created().orElseThrow()))
        .containsExactly(base, epoch);
    assertThat(made.created()).contains(epoch);
    assertThat(new String(bytes, StandardCharsets.UTF_8))
        .contains("\"moby.buildkit.cache.v0\":\"e30=\"");
  }

  @Test
  void options_that_do_not_fit_the_image_are_refused() throws Exception {
    PlatformImage image = platform(AMD64);

    assertThatThrownBy(() -> assemble(options(Map.of("annotation-index.a", "b")), false, image))
        .hasMessageContaining("index annotations not supported for single platform export");
    assertThatThrownBy(
            () ->
                assemble(options(Map.of("annotation-manifest[linux/arm64].a", "b")), false, image))
        .hasMessageContaining("linux/arm64");
  }

  @Test
  void the_response_has_buildkits_keys() throws Exception {
    ImageTree single = assemble(options(Map.of()), false, platform(AMD64)).image();
    ImageTree several = assemble(options(Map.of()), true, platform(AMD64)).image();

    Map<String, String> response = ExporterResponse.of(single, List.of("a:1", "b:2"));
    assertThat(response)
        .containsEntry("containerimage.digest", single.root().digest().toString())
        .containsEntry(
            "containerimage.config.digest", single.config().orElseThrow().digest().toString())
        .containsEntry("image.name", "a:1,b:2");
    assertThat(
            new String(
                Base64.getDecoder().decode(response.get("containerimage.descriptor")),
                StandardCharsets.UTF_8))
        .isEqualTo(single.root().toJson());
    assertThat(ExporterResponse.of(several, List.of()))
        .doesNotContainKeys("containerimage.config.digest", "image.name");
  }

  @Test
  void the_stages_have_buildkits_names() throws Exception {
    List<String> stages = new ArrayList<>();
    ImageTree tree =
        ImageAssembly.assemble(
                List.of(platform(AMD64, provenance(false))),
                false,
                options(Map.of()),
                List.of(),
                name -> {
                  stages.add(name.replaceAll(" sha256:.*", ""));
                  return (current, total) -> {};
                })
            .image();

    assertThat(tree.index()).isPresent();
    assertThat(stages)
        .containsExactly(
            "exporting layers",
            "exporting manifest",
            "exporting config",
            "exporting attestation manifest",
            "exporting manifest list");
  }
}
