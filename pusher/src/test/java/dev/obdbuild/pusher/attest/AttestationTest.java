package dev.obdbuild.pusher.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AttestationTest {

  private static final Digest ONE = Digest.sha256(new byte[] {1});

  private static Attestation attestation(String predicate, Attestation.About... about) {
    return new Attestation(
        "https://example.org/p",
        predicate.getBytes(StandardCharsets.UTF_8),
        "p.json",
        false,
        List.of(about));
  }

  private static String statement(Attestation attestation, Subject... result) throws IOException {
    return new String(attestation.statement(List.of(result)), StandardCharsets.UTF_8);
  }

  @Test
  void a_statement_is_about_the_result_unless_told_otherwise() throws Exception {
    String json =
        statement(attestation(" { \"a\" : [ 1, \"<b>\" ] }\n"), new Subject("pkg:x", ONE));

    assertThat(json)
        .isEqualTo(
            "{\"_type\":\"https://in-toto.io/Statement/v1\","
                + "\"predicateType\":\"https://example.org/p\","
                + "\"subject\":[{\"name\":\"pkg:x\",\"digest\":{\"sha256\":\""
                + ONE.hex()
                + "\"}}],\"predicate\":{\"a\":[1,\"\\u003cb\\u003e\"]}}");
  }

  @Test
  void other_subjects_and_other_names_are_told_in_order() throws Exception {
    String json =
        statement(
            attestation(
                "{}",
                new Attestation.About.Other(new Subject("other", ONE)),
                new Attestation.About.Itself(Optional.of("alias"))),
            new Subject("self", ONE));

    assertThat(json).containsSubsequence("\"other\"", "\"self\"", "\"alias\"", "\"predicate\":{}");
  }

  @Test
  void no_predicate_is_null() throws Exception {
    assertThat(statement(attestation(""))).endsWith("\"subject\":[],\"predicate\":null}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[}", "{\"a", "}", "{\"a\":\"b\\", " "})
  void a_predicate_that_does_not_end_is_refused_by_its_type(String predicate) {
    assertThatThrownBy(() -> statement(attestation(predicate)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("https://example.org/p");
  }

  @Test
  void json_is_indented_as_clients_print_it() throws Exception {
    assertThat(JsonText.indent("{\"a\":[],\"b\":{\"c\":[1,true],\"d\":\"x, {y}\"}}", "x"))
        .isEqualTo(
            """
            {
              "a": [],
              "b": {
                "c": [
                  1,
                  true
                ],
                "d": "x, {y}"
              }
            }""");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:5000/pu/art:1,pkg:docker/127.0.0.1%3A5000/pu/art@1?platform=linux%2Famd64",
    "busybox,pkg:docker/busybox@latest?platform=linux%2Famd64",
    "docker.io/team/app:v1,pkg:docker/team/app@v1?platform=linux%2Famd64",
  })
  void an_image_has_a_package_url(String name, String url) {
    assertThat(PackageUrl.ofImage(name, Platform.parse("linux/amd64"))).isEqualTo(url);
  }

  @Test
  void a_pinned_image_has_its_digest_in_the_url() {
    assertThat(PackageUrl.ofImage("a@" + ONE, Platform.parse("linux/arm64")))
        .isEqualTo("pkg:docker/a?digest=sha256:" + ONE.hex() + "&platform=linux%2Farm64");
  }
}
