package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.daemon.Client.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Policies about sources, as rules in a file and as a program of the client. */
final class SourcePolicyTest extends DaemonTest {

  private Path rules(String rules) throws IOException {
    Path file = Files.createTempFile(temp, "policy", ".json");
    return Files.writeString(
        file, "{\"rules\":[" + rules.replace("REGISTRY", it.registry()) + "]}");
  }

  private Ended build(Path context, String rules) throws Exception {
    return it.build(context, "--source-policy-file=" + rules(rules));
  }

  private static String denial(String image) {
    return "could not resolve image due to policy: source \"docker-image://"
        + image
        + "\" denied by policy: source denied by policy";
  }

  @Test
  void aDeniedImageFailsTheBuildAtItsLine() throws Exception {
    Ended ended =
        build(
            it.context("FROM BASE\nRUN true\n"),
            "{\"action\":\"DENY\",\"selector\":{\"identifier\":\"docker-image://REGISTRY/*\"}}");

    assertThat(ended.failure()).contains("1 | >>> FROM").contains(denial(it.base()));
  }

  @Test
  void buildxSendsItsRulesToo() throws Exception {
    Path rules =
        rules("{\"action\":\"DENY\",\"selector\":{\"identifier\":\"docker-image://REGISTRY/*\"}}");
    Path context = it.context("FROM BASE\nRUN true\n");

    Ended ended =
        it.client()
            .with("EXPERIMENTAL_BUILDKIT_SOURCE_POLICY", rules.toString())
            .run(it.buildxCommand("build", context.toString()));

    assertThat(ended.failure()).contains(denial(it.base()));
  }

  @Test
  void anImageIsReplacedByAnother() throws Exception {
    Path context =
        it.context("FROM " + it.registry() + "/nothing/here:1\nRUN echo made of another\n");

    Ended ended =
        build(
            context,
            """
            {"action":"CONVERT",
             "selector":{"identifier":"docker-image://REGISTRY/nothing/here:*"},
             "updates":{"identifier":"docker-image://REGISTRY/base/busybox:${1}"}}\
            """);

    assertThat(ended.ok().err()).contains("made of another");
  }

  @Test
  void aFolderThatIsDeniedIsNotRead() throws Exception {
    Ended ended =
        build(
            it.context("FROM BASE\nCOPY f /f\n", "f", "content"),
            """
            {"action":"DENY","selector":{"identifier":"local://*"}},
            {"action":"ALLOW","selector":{"identifier":"local://dockerfile"}}\
            """);

    assertThat(ended.failure())
        .contains(
            "error evaluating the source policy: source \"local://context\" denied by policy");
  }

  @Test
  void rulesThatMakeNoSenseAreNamed() throws Exception {
    Ended ended =
        build(
            it.context("FROM BASE\n"),
            "{\"action\":\"DENY\",\"selector\":{\"identifier\":\"a**\"}}");

    assertThat(ended.failure()).contains("invalid wildcard: \"**\"");
  }

  private static final String ALLOW_LOCAL =
      "package docker\ndefault allow := false\nallow if input.local\n";

  @Test
  void aPolicyOfTheClientIsAskedAboutEachSourceAndTellsWhy() throws Exception {
    Path context =
        it.context(
            "FROM BASE\nRUN true\n",
            "Dockerfile.rego",
            ALLOW_LOCAL
                + "deny_msg contains msg if {\n  input.image\n  msg := \"no images at all\"\n}\n"
                + "decision := {\"allow\": allow, \"deny_msg\": deny_msg}\n");

    Ended ended = it.buildx("build", context.toString());

    assertThat(ended.failure())
        .contains("Policy: no images at all")
        .contains("1 | >>> FROM")
        .contains("\" not allowed by policy: action DENY");
  }

  @Test
  void aPolicyOfTheClientIsToldWhatItWantsToKnow() throws Exception {
    Path context =
        it.context(
            "FROM BASE\nRUN echo allowed\n",
            "Dockerfile.rego",
            ALLOW_LOCAL
                + "allow if {\n  startswith(input.image.checksum, \"sha256:\")\n"
                + "  \"PATH=/bin\" in input.image.env\n  not input.image.hasProvenance\n}\n"
                + "decision := {\"allow\": allow}\n");

    Ended ended = it.buildx("build", context.toString());

    assertThat(ended.ok().err()).contains("resolve missing fields").contains("allowed");
  }
}
