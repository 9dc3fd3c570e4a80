package dev.obdbuild.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.MalformedDocumentException;
import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.Shared;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

final class ImageDocumentsTest {
  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  @NeedsShared
  void aConfigOfBuildKitComesBackKeyForKey() throws Exception {
    byte[] original = Files.readAllBytes(Shared.path("fixtures/dockerfile/d13.image-config.json"));
    ImageConfig config = ImageConfig.parse(original, "d13");
    assertThat(config.config().healthcheck().orElseThrow().interval())
        .isEqualTo(Duration.ofSeconds(5));
    assertThat(config.history()).hasSize(15);
    JsonMapper mapper = new JsonMapper();
    assertThat(mapper.readTree(config.toJson()).toString())
        .isEqualTo(mapper.readTree(original).toString());
    assertThat(new String(config.toJson(), StandardCharsets.UTF_8))
        .contains("echo $A \\u003e /o # buildkit");
  }

  @Test
  void unknownKeysSurviveAndTopLevelKeysAreSorted() throws Exception {
    String text =
        "{\"zebra\":[1,{\"x\":null}],\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v7\",\"config\":"
            + "{\"Cmd\":[\"x\"],\"Hostname\":\"h\",\"User\":\"me\"},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\"moby.x\":1.50}";
    ImageConfig config = ImageConfig.parse(utf8(text), "it");
    assertThat(new String(config.toJson(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"architecture\":\"arm\",\"config\":{\"User\":\"me\",\"Cmd\":[\"x\"],\"Hostname\":\"h\"},\"created\":null,"
                + "\"history\":null,\"moby.x\":1.50,\"os\":\"linux\","
                + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":null},\"variant\":\"v7\","
                + "\"zebra\":[1,{\"x\":null}]}");
    assertThat(ImageConfig.parse(config.toJson(), "again")).isEqualTo(config);
  }

  @Test
  void theConfigOfNothingIsBuildKitsByteForByte() throws Exception {
    String scratch =
        "{\"architecture\":\"amd64\",\"config\":{\"Env\":[\"PATH=/bin\"],\"WorkingDir\":\"/\"},"
            + "\"created\":null,\"history\":null,\"os\":\"linux\","
            + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":null}}";
    ImageConfig config = ImageConfig.parse(utf8(scratch), "scratch");
    assertThat(config.diffIds()).isEmpty();
    assertThat(config.history()).isEmpty();
    assertThat(config.created()).isEmpty();
    assertThat(new String(config.toJson(), StandardCharsets.UTF_8)).isEqualTo(scratch);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-23T03:50:50.478395852Z, 2026-11-23T03:50:50.478395852Z",
    "2026-11-23T03:50:50.478000000Z, 2026-11-23T03:50:50.478Z",
    "2026-11-23T03:50:50.1200Z, 2026-11-23T03:50:50.12Z",
    "2026-11-23T03:50:00Z, 2026-11-23T03:50:00Z",
    "2026-11-23T05:50:00+02:00, 2026-11-23T03:50:00Z",
    "0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
  })
  void timesAreWrittenAsGoWritesThem(String text, String expected) {
    assertThat(Rfc3339.format(Rfc3339.parse(text))).isEqualTo(expected);
  }

  @Test
  void manifestsAndIndexesComeBack() throws Exception {
    Descriptor config = Descriptor.of(MediaTypes.OCI_CONFIG, utf8("{}"));
    Descriptor layer = Descriptor.of(MediaTypes.OCI_LAYER, utf8("layer"));
    layer =
        layer.withAnnotations(
            OverlaybdAnnotations.of(layer.digest(), layer.size(), Optional.of("ext4")));
    assertThat(OverlaybdAnnotations.isNative(layer)).isTrue();
    assertThat(OverlaybdAnnotations.isNative(config)).isFalse();
    Manifest manifest =
        new Manifest(
            MediaTypes.OCI_MANIFEST,
            config,
            List.of(layer),
            Optional.of(config),
            Map.of("a", "b"),
            Optional.of("t/x"));
    assertThat(Manifest.parse(manifest.toJson(), "m")).isEqualTo(manifest);
    Index index = new Index(List.of(layer.withPlatform(Platform.parse("linux/arm/v7"))));
    assertThat(Index.parse(index.toJson(), "i")).isEqualTo(index);
    assertThatThrownBy(() -> Manifest.parse(index.toJson(), "sha256:x"))
        .isInstanceOf(MalformedDocumentException.class)
        .hasMessage("sha256:x: an image manifest was expected, found an index");
    assertThatThrownBy(() -> Index.parse(manifest.toJson(), "y"))
        .hasMessageContaining("found an image manifest");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ | not JSON",
        "[] | a JSON object was expected, found a list",
        "{\"schemaVersion\":1} | found version 1",
        "{\"schemaVersion\":\"2\"} | schemaVersion should be an integer of 64 bits, is a string",
        "{\"schemaVersion\":2} | config is missing",
        "{\"schemaVersion\":2,\"config\":7} | config should be an object, is the number 7",
        "{\"schemaVersion\":2,\"config\":{\"digest\":\"x\",\"size\":1}} | config.digest: digest 'x' is not of the form",
        "{\"schemaVersion\":2,\"config\":{\"digest\":\"md5:00\",\"size\":1}} | digest algorithm 'md5' is not known",
        "{\"schemaVersion\":2,\"config\":{\"digest\":\"sha256:00\",\"size\":1}} | should have 64 hexadecimal digits, has 2",
        "{\"schemaVersion\":2,\"config\":{\"digest\":\"sha256:00\"}} | config.size is missing or negative",
        "{\"schemaVersion\":2,\"config\":{\"size\":99999999999999999999}} | config.size should be an integer of 64 bits",
      })
  void whatIsWrongIsNamed(String text, String problem) {
    assertThatThrownBy(() -> Manifest.parse(utf8(text), "registry/x"))
        .isInstanceOf(MalformedDocumentException.class)
        .hasMessageStartingWith("registry/x: ")
        .hasMessageContaining(problem);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 100_000, 2_000_000})
  void deepNestingIsRefused(int depth) {
    assertThatThrownBy(() -> JsonReader.parse(utf8("{\"a\":" + "[".repeat(depth)), "deep"))
        .isInstanceOf(MalformedDocumentException.class);
  }

  @Test
  void aLargeDocumentIsRefused() {
    assertThatThrownBy(() -> JsonReader.parse(new byte[JsonReader.MAX_BYTES + 1], "large"))
        .isInstanceOf(MalformedDocumentException.class)
        .hasMessageContaining("larger than the limit");
  }

  @Test
  void aBuilderChangesOnlyWhatItIsTold() {
    ContainerConfig config =
        ContainerConfig.empty().toBuilder()
            .env(List.of("A=1"))
            .cmd(List.of("x"))
            .argsEscaped(true)
            .build();
    assertThat(config.toBuilder().build()).isEqualTo(config);
    assertThat(config.toBuilder().user("me").build().env()).containsExactly("A=1");
    ImageConfig image = ImageConfig.empty(Platform.parse("linux/amd64")).withConfig(config);
    ImageConfig dated = image.withCreated(Optional.of(Instant.EPOCH));
    assertThat(new String(dated.toJson(), StandardCharsets.UTF_8))
        .contains("\"created\":\"1970-01-01T00:00:00Z\"");
    assertThat(new String(image.toJson(), StandardCharsets.UTF_8)).contains("\"created\":null");
  }

  @Test
  void layerFormatsAreSpelled() {
    assertThat(LayerFormat.parse("zstd:16K"))
        .isEqualTo(new LayerFormat(LayerFormat.Compression.ZSTD, 16384));
    assertThat(LayerFormat.parse("none")).isEqualTo(LayerFormat.RAW);
    assertThat(LayerFormat.parse(LayerFormat.parse("lz4:64K").format()).blockSize())
        .isEqualTo(65536);
    assertThatThrownBy(() -> LayerFormat.parse("gzip")).hasMessageContaining("none, lz4 or zstd");
    assertThatThrownBy(() -> LayerFormat.parse("lz4:5K")).hasMessageContaining("power of two");
  }
}
