package dev.obdbuild.builder.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.builder.attest.AttestOptions.Provenance;
import dev.obdbuild.builder.attest.AttestOptions.Version;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AttestOptionsTest {

  private static Provenance provenance(String fields) {
    return AttestOptions.parse(Map.of("attest:provenance", fields)).provenance().orElseThrow();
  }

  @Test
  void nothing_is_attested_that_is_not_asked_for() {
    AttestOptions options = AttestOptions.parse(Map.of("build-arg:X", "1", "target", "a"));

    assertThat(options.provenance()).isEmpty();
    assertThat(options.packages()).isEmpty();
  }

  @Test
  void a_provenance_tells_everything_unless_told_otherwise() {
    assertThat(provenance(""))
        .isEqualTo(
            new Provenance(Version.V1, true, false, false, false, false, "", "provenance.json"));
    assertThat(provenance("mode=min,inline-only=true,version=v0.2,builder-id=http://b,x=y"))
        .isEqualTo(
            new Provenance(
                Version.V02, false, true, false, false, false, "http://b", "provenance.json"));
    assertThat(provenance("capture-usage=true").usage()).isTrue();
    assertThat(provenance("capture-usage=perhaps").usage()).isFalse();
    assertThat(provenance("mode=full,reproducible=1").reproducible()).isTrue();
  }

  @Test
  void a_scanner_gets_the_other_parameters() {
    AttestOptions options =
        AttestOptions.parse(
            Map.of("attest:sbom", "generator=example.org/scan:2,\"LIST=a,b\",EMPTY"));

    assertThat(options.packages().orElseThrow().generator()).hasToString("example.org/scan:2");
    assertThat(options.packages().orElseThrow().parameters())
        .isEqualTo(Map.of("LIST", "a,b", "EMPTY", ""));
  }

  @Test
  void without_a_generator_the_scanner_is_buildkits() {
    AttestOptions options = AttestOptions.parse(Map.of("build-arg:BUILDKIT_ATTEST_SBOM", ""));

    assertThat(options.packages().orElseThrow().generator().familiar())
        .startsWith("docker/buildkit-syft-scanner");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "attest:other | x=y | unknown attestation type \"other\"",
        "attest:provenance | mode=middle | invalid mode \"middle\"",
        "attest:provenance | version=v2 | invalid provenance SLSA version: v2",
        "attest:provenance | inline-only=maybe | failed to parse inline-only flag \"maybe\"",
        "attest:sbom | generator= | sbom generator cannot be empty",
        "attest:sbom | \"a | quotes do not end in \"\"a\"",
      })
  void what_makes_no_sense_is_named(String option, String value, String message) {
    assertThatThrownBy(() -> AttestOptions.parse(Map.of(option, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
