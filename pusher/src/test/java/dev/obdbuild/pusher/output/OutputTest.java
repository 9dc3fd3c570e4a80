package dev.obdbuild.pusher.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.pusher.output.AnnotationSet.Target;
import dev.obdbuild.pusher.output.LayerChoice.Codec;
import dev.obdbuild.pusher.output.LayerChoice.Worlds;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OutputTest {

  private static final Digest ROOT = Digest.sha256(new byte[] {1});
  private static final Platform AMD64 = Platform.parse("linux/amd64");
  private static final Platform ARM64 = Platform.parse("linux/arm64");

  private static ImageOutput image(Map<String, String> attributes) {
    return (ImageOutput) Output.parse("image", attributes, LayerChoice.OVERLAYBD);
  }

  private static LayoutOutput layout(String type, Map<String, String> attributes) {
    return (LayoutOutput) Output.parse(type, attributes, LayerChoice.OVERLAYBD);
  }

  @Test
  void an_image_without_attributes_is_an_overlaybd_image_that_is_kept() {
    ImageOutput output = image(Map.of());

    assertThat(output.push()).isFalse();
    assertThat(output.store()).isTrue();
    assertThat(output.image().layers()).isEqualTo(LayerChoice.OVERLAYBD);
    assertThat(output.image().ociTypes()).isTrue();
    assertThat(output.image().ociArtifact()).isTrue();
    assertThat(output.image().inlineAttestations()).isTrue();
    assertThat(output.title()).isEqualTo("exporting to image");
  }

  @Test
  void every_attribute_of_an_image_is_understood() {
    ImageOutput output =
        image(
            Map.ofEntries(
                Map.entry("name", "r.io/a:1,r.io/b"),
                Map.entry("push", "true"),
                Map.entry("push-by-digest", "0"),
                Map.entry("registry.insecure", ""),
                Map.entry("store", "f"),
                Map.entry("unpack", "false"),
                Map.entry("name-canonical", "true"),
                Map.entry("dangling-name-prefix", "moby-dangling"),
                Map.entry("danging-name-empty-only", "true"),
                Map.entry("oci-mediatypes", "false"),
                Map.entry("prefer-nondist-layers", "true"),
                Map.entry("attestation-inline", "false"),
                Map.entry("compression", "gzip"),
                Map.entry("force-compression", "true"),
                Map.entry("compression-level", "9"),
                Map.entry("rewrite-timestamp", "true"),
                Map.entry("source-date-epoch", "1700000000"),
                Map.entry("something.else", "x")));

    assertThat(output.image().names()).containsExactly("r.io/a:1", "r.io/b");
    assertThat(output.push()).isTrue();
    assertThat(output.pushByDigest()).isFalse();
    assertThat(output.insecure()).isTrue();
    assertThat(output.store()).isFalse();
    assertThat(output.image().ociTypes()).isFalse();
    assertThat(output.image().ociArtifact()).isFalse();
    assertThat(output.image().preferNonDistributable()).isTrue();
    assertThat(output.image().inlineAttestations()).isFalse();
    assertThat(output.image().rewriteTimestamp()).isTrue();
    assertThat(output.image().layers().codec()).isEqualTo(Codec.GZIP);
    assertThat(output.image().layers().force()).isTrue();
    assertThat(output.image().layers().level()).hasValue(9);
    assertThat(output.epoch().or(Optional.of(Instant.EPOCH)))
        .contains(Instant.ofEpochSecond(1_700_000_000));
    assertThat(output.names(Optional.empty(), ROOT)).containsExactly("r.io/a:1", "r.io/b");
    assertThat(output.storeNames(Optional.empty(), ROOT))
        .containsExactly("r.io/a:1", "r.io/a:1@" + ROOT, "r.io/b", "r.io/b@" + ROOT);
    assertThat(output.metadata()).containsExactly(Map.entry("something.else", "x"));
  }

  @ParameterizedTest
  @CsvSource({
    "push,maybe,push",
    "oci-mediatypes,2,oci-mediatypes",
    "name,team/Upper,name",
    "name,'a,,b',name",
    "compression,lzma,compression",
    "compression,estargz,estargz is not supported",
    "compression-level,high,compression-level",
    "format,neither,format",
    "source-date-epoch,yesterday,source-date-epoch",
    "annotation-foo.a,b,annotation-foo.a",
    "annotation-manifest[linux/x/y/z].a,b,annotation-manifest[linux/x/y/z].a",
  })
  void a_wrong_value_is_refused_by_the_name_of_its_attribute(
      String key, String value, String told) {
    assertThatThrownBy(() -> image(Map.of(key, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(told);
  }

  @ParameterizedTest
  @CsvSource({
    "gzip,10,false",
    "gzip,9,true",
    "zstd,22,true",
    "zstd,23,false",
    "overlaybd,22,true",
    "uncompressed,5,true"
  })
  void a_level_must_be_one_of_the_codec(String compression, String level, boolean good) {
    Map<String, String> attributes = Map.of("compression", compression, "compression-level", level);
    if (good) {
      assertThat(image(attributes).image().layers().level()).isPresent();
    } else {
      assertThatThrownBy(() -> image(attributes))
          .hasMessageContaining("compression-level=" + level);
    }
  }

  @Test
  void an_overlaybd_image_has_ocis_media_types_whatever_was_asked() {
    assertThat(image(Map.of("oci-mediatypes", "false")).image().ociTypes()).isTrue();
  }

  @Test
  void media_types_that_cannot_go_together_are_refused() {
    assertThatThrownBy(
            () ->
                image(
                    Map.of(
                        "oci-mediatypes", "false", "oci-artifact", "true", "compression", "gzip")))
        .hasMessageContaining("oci-artifact=true")
        .hasMessageContaining("oci-mediatypes=false");
    assertThatThrownBy(() -> image(Map.of("oci-mediatypes", "false", "format", "both-index")))
        .hasMessageContaining("format=both-index");
  }

  @Test
  void both_worlds_take_their_compression_from_the_ordinary_one() {
    LayerChoice choice = image(Map.of("format", "both", "compression", "zstd")).image().layers();

    assertThat(choice.worlds()).isEqualTo(Worlds.REFERRER);
    assertThat(choice.codec()).isEqualTo(Codec.ZSTD);
    assertThat(choice.ordinary() && choice.overlaybd()).isTrue();
    assertThat(image(Map.of("format", "both")).image().layers().codec()).isEqualTo(Codec.GZIP);
    assertThat(image(Map.of("format", "both-index")).image().layers().worlds())
        .isEqualTo(Worlds.INDEX);
  }

  @Test
  void the_configured_format_counts_where_the_client_names_none() {
    Output output = Output.parse("oci", Map.of(), LayerChoice.parse("zstd"));

    assertThat(((LayoutOutput) output).image().layers().codec()).isEqualTo(Codec.ZSTD);
    assertThat(((LayoutOutput) output).image().layers().overlaybd()).isFalse();
  }

  @Test
  void what_an_engine_is_to_load_has_layers_it_knows_unless_told_otherwise() {
    assertThat(layout("docker", Map.of()).image().layers()).isEqualTo(LayerChoice.parse("gzip"));
    assertThat(layout("docker", Map.of("compression", "overlaybd")).image().layers())
        .isEqualTo(LayerChoice.OVERLAYBD);
    LayerChoice zstd = LayerChoice.parse("zstd");
    assertThat(((LayoutOutput) Output.parse("docker", Map.of(), zstd)).image().layers())
        .isEqualTo(zstd);
  }

  @Test
  void a_layout_has_both_worlds_in_an_index() {
    assertThat(layout("oci", Map.of("format", "both")).image().layers().worlds())
        .isEqualTo(Worlds.INDEX);
    assertThat(layout("docker", Map.of("tar", "false")).tar()).isFalse();
    assertThat(layout("oci", Map.of()).tar()).isTrue();
    assertThat(layout("oci", Map.of()).image().inlineAttestations()).isFalse();
    assertThat(layout("docker", Map.of()).title()).isEqualTo("exporting to docker image format");
  }

  @Test
  void files_are_split_by_platform_when_several_were_asked_for() {
    FolderOutput local =
        (FolderOutput)
            Output.parse(
                "local",
                Map.of("mode", "Delete", "attestation-prefix", "att-", "dest2", "x"),
                LayerChoice.OVERLAYBD);
    TarOutput tar =
        (TarOutput) Output.parse("tar", Map.of("platform-split", "false"), LayerChoice.OVERLAYBD);

    assertThat(local.mode()).isEqualTo(FolderOutput.Mode.DELETE);
    assertThat(local.files().attestationPrefix()).isEqualTo("att-");
    assertThat(local.files().split(true)).isTrue();
    assertThat(local.files().split(false)).isFalse();
    assertThat(local.metadata()).containsKey("dest2");
    assertThat(tar.files().split(true)).isFalse();
    assertThatThrownBy(() -> Output.parse("local", Map.of("mode", "merge"), LayerChoice.OVERLAYBD))
        .hasMessageContaining("mode \"merge\"");
    assertThatThrownBy(() -> Output.parse("zip", Map.of(), LayerChoice.OVERLAYBD))
        .hasMessage("exporter \"zip\" could not be found");
  }

  @Test
  void a_star_is_the_name_that_the_frontend_gives() {
    ImageOutput output = image(Map.of("name", "*"));

    assertThat(output.names(Optional.of("a:1,b:2"), ROOT)).containsExactly("a:1", "b:2");
    assertThat(output.names(Optional.empty(), ROOT)).containsExactly("*");
  }

  @Test
  void an_image_without_name_may_dangle() {
    Map<String, String> dangling =
        Map.of("dangling-name-prefix", "lost", "danging-name-empty-only", "true");

    assertThat(image(dangling).names(Optional.empty(), ROOT)).containsExactly("lost@" + ROOT);
    assertThat(
            image(Map.of("name", "a", "dangling-name-prefix", "lost"))
                .names(Optional.empty(), ROOT))
        .containsExactly("a", "lost@" + ROOT);
  }

  @Test
  void an_epoch_of_nothing_wins_over_the_frontends() {
    Optional<Instant> told = Optional.of(Instant.EPOCH);

    assertThat(image(Map.of("source-date-epoch", "")).epoch().or(told)).isEmpty();
    assertThat(image(Map.of()).epoch().or(told)).isEqualTo(told);
  }

  @Test
  void annotations_go_where_their_names_say() {
    AnnotationSet set =
        AnnotationSet.of(
            Map.of(
                "annotation.a", "1",
                "annotation-manifest.b", "2",
                "annotation-manifest[linux/arm64].b", "3",
                "annotation-manifest-descriptor.c", "4",
                "annotation-index.d", "5",
                "annotation-index-descriptor.e", "6",
                "annotations.f", "7"));

    assertThat(set.of(Target.MANIFEST, AMD64))
        .containsOnly(Map.entry("a", "1"), Map.entry("b", "2"));
    assertThat(set.of(Target.MANIFEST, ARM64))
        .containsOnly(Map.entry("a", "1"), Map.entry("b", "3"));
    assertThat(set.of(Target.MANIFEST_DESCRIPTOR, ARM64)).containsOnly(Map.entry("c", "4"));
    assertThat(set.of(Target.INDEX)).containsOnly(Map.entry("d", "5"));
    assertThat(set.of(Target.INDEX_DESCRIPTOR)).containsOnly(Map.entry("e", "6"));
    assertThatThrownBy(() -> set.check(List.of(AMD64), true, true))
        .hasMessageContaining("no platform linux/arm64");
    assertThatThrownBy(() -> set.check(List.of(AMD64, ARM64), false, true))
        .hasMessageContaining("index annotations not supported for single platform export");
    assertThatThrownBy(() -> set.check(List.of(AMD64, ARM64), true, false))
        .hasMessageContaining("oci-mediatypes=false");
  }
}
