package dev.obdbuild.builder.policy;

import static dev.obdbuild.protos.sourcepolicy.MatchType.EXACT;
import static dev.obdbuild.protos.sourcepolicy.MatchType.REGEX;
import static dev.obdbuild.protos.sourcepolicy.MatchType.WILDCARD;
import static dev.obdbuild.protos.sourcepolicy.PolicyAction.ALLOW;
import static dev.obdbuild.protos.sourcepolicy.PolicyAction.CONVERT;
import static dev.obdbuild.protos.sourcepolicy.PolicyAction.DENY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.builder.build.SourceDeniedException;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.protos.sourcepolicy.AttrConstraint;
import dev.obdbuild.protos.sourcepolicy.AttrMatch;
import dev.obdbuild.protos.sourcepolicy.MatchType;
import dev.obdbuild.protos.sourcepolicy.Policy;
import dev.obdbuild.protos.sourcepolicy.PolicyAction;
import dev.obdbuild.protos.sourcepolicy.Rule;
import dev.obdbuild.protos.sourcepolicy.Selector;
import dev.obdbuild.protos.sourcepolicy.Update;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SourceRulesTest {

  private static final String ALPINE = "docker-image://docker.io/library/alpine:3";

  private static Rule rule(PolicyAction action, MatchType type, String identifier) {
    return Rule.newBuilder()
        .setAction(action)
        .setSelector(Selector.newBuilder().setIdentifier(identifier).setMatchType(type))
        .build();
  }

  private static Rule convert(MatchType type, String identifier, String target) {
    return rule(CONVERT, type, identifier).toBuilder()
        .setUpdates(Update.newBuilder().setIdentifier(target))
        .build();
  }

  private static SourceRules rules(Rule... rules) {
    return SourceRules.parse(List.of(Policy.newBuilder().addAllRules(List.of(rules)).build()));
  }

  private static String admitted(String identifier, Rule... rules) throws IOException {
    return rules(rules).admit(SourceOp.of(identifier, Map.of())).identifier();
  }

  @Test
  void aSourceThatNoRuleMatchesIsAllowed() throws IOException {
    assertThat(admitted(ALPINE, rule(DENY, EXACT, "docker-image://docker.io/library/alpine:4")))
        .isEqualTo(ALPINE);
  }

  @Test
  void aDeniedSourceIsNamedAsBuildKitNamesIt() {
    assertThatThrownBy(() -> admitted(ALPINE, rule(DENY, WILDCARD, "docker-image://*")))
        .isInstanceOf(SourceDeniedException.class)
        .hasMessage(
            "source \"docker-image://docker.io/library/alpine:3\" denied by policy: source denied by policy");
  }

  @Test
  void theLastRuleThatMatchesDecides() throws IOException {
    Rule all = rule(DENY, WILDCARD, "*");
    Rule one = rule(ALLOW, EXACT, ALPINE);

    assertThat(admitted(ALPINE, all, one)).isEqualTo(ALPINE);
    assertThatThrownBy(() -> admitted(ALPINE, one, all)).isInstanceOf(SourceDeniedException.class);
  }

  @Test
  void aShortNameOfAnImageIsMatchedByItsWholeName() {
    assertThatThrownBy(() -> admitted("docker-image://alpine:3", rule(DENY, EXACT, ALPINE)))
        .isInstanceOf(SourceDeniedException.class);
  }

  @Test
  void aSourceThatNoRuleChangesStaysAsItIsSpelled() throws IOException {
    assertThat(admitted("docker-image://alpine", rule(ALLOW, WILDCARD, "*")))
        .isEqualTo("docker-image://alpine");
  }

  @Test
  void aGitRemoteIsMatchedByHostAndPath() {
    SourceOp source =
        SourceOp.of(
            "git://ignored/x#main", Map.of("git.fullurl", "ssh://git@example.com:22/a/b.git"));

    assertThatThrownBy(
            () -> rules(rule(DENY, EXACT, "git://example.com:22/a/b.git#main")).admit(source))
        .isInstanceOf(SourceDeniedException.class);
  }

  @Test
  void whatStarsStandForIsPutIntoTheTarget() throws IOException {
    assertThat(
            admitted(
                ALPINE,
                convert(
                    WILDCARD,
                    "docker-image://docker.io/*/alpine:*",
                    "docker-image://mirror.test/$1/alpine:${2}-slim")))
        .isEqualTo("docker-image://mirror.test/library/alpine:3-slim");
  }

  @Test
  void theFirstStarTakesAsMuchAsItCan() {
    assertThat(WildcardPattern.of("a*-*").format("a1-2-3", "$1|$2|$0|$3|$$"))
        .isEqualTo("1-2|3|a1-2-3||$");
    assertThat(WildcardPattern.of("*a*a").matches("xa")).isFalse();
    assertThat(WildcardPattern.of("ab*ba").matches("aba")).isFalse();
  }

  @Test
  void groupsOfARegexArePutIntoTheTarget() throws IOException {
    assertThat(
            admitted(
                ALPINE,
                convert(
                    REGEX,
                    "^docker-image://docker\\.io/(?P<path>[^:]+):(.*)$",
                    "docker-image://mirror.test/${path}:$2")))
        .isEqualTo("docker-image://mirror.test/library/alpine:3");
  }

  @Test
  void aRegexReplacesOnlyWhatItFinds() throws IOException {
    assertThat(GoRegex.of("b+").replaceAll("abbcb", "<$0>")).isEqualTo("a<bb>c<b>");
    assertThat(GoRegex.of("a*").replaceAll("baac", "-")).isEqualTo("-b-c-");
  }

  @Test
  void aRegexThatWouldTakeForEverFails() {
    assertThatThrownBy(() -> GoRegex.of("a*a*a*a*a*a*a*b").isIn("a".repeat(200)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("takes too long");
  }

  @Test
  void attributesAreMatchedToo() throws IOException {
    SourceOp source = SourceOp.of("https://example.com/x", Map.of("http.checksum", "sha256:ab"));
    Rule rule = rule(DENY, WILDCARD, "https://*");

    assertThat(rules(constrained(rule, AttrMatch.NOTEQUAL, "sha256:ab")).admit(source))
        .isEqualTo(source);
    for (Rule denying :
        List.of(
            constrained(rule, AttrMatch.EQUAL, "sha256:ab"),
            constrained(rule, AttrMatch.MATCHES, "^sha256:"))) {
      assertThatThrownBy(() -> rules(denying).admit(source))
          .isInstanceOf(SourceDeniedException.class);
    }
  }

  private static Rule constrained(Rule rule, AttrMatch condition, String value) {
    Rule.Builder builder = rule.toBuilder();
    builder
        .getSelectorBuilder()
        .addConstraints(
            AttrConstraint.newBuilder()
                .setKey("http.checksum")
                .setValue(value)
                .setCondition(condition));
    return builder.build();
  }

  @Test
  void attributesAreSet() throws IOException {
    Rule rule =
        rule(CONVERT, EXACT, "https://example.com/x").toBuilder()
            .setUpdates(Update.newBuilder().putAttrs("http.checksum", "sha256:cd"))
            .build();

    assertThat(rules(rule).admit(SourceOp.of("https://example.com/x", Map.of())))
        .isEqualTo(SourceOp.of("https://example.com/x", Map.of("http.checksum", "sha256:cd")));
  }

  @Test
  void whatASourceIsConvertedToIsJudgedInTurn() {
    assertThatThrownBy(
            () ->
                admitted(
                    ALPINE,
                    rule(DENY, WILDCARD, "docker-image://evil.test/*"),
                    convert(EXACT, ALPINE, "docker-image://evil.test/x:1")))
        .isInstanceOf(SourceDeniedException.class)
        .hasMessageContaining("evil.test");
  }

  @Test
  void conversionsWithoutAnEndFail() {
    assertThatThrownBy(
            () -> admitted("https://example.com/", convert(WILDCARD, "https://*", "https://${1}x")))
        .hasMessage("too many mutations on a single source: too many operations");
  }

  @Test
  void rulesThatMakeNoSenseAreRefusedAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rules(rule(DENY, WILDCARD, "a**b")))
        .withMessageContaining("invalid wildcard: \"**\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rules(rule(DENY, REGEX, "(")))
        .withMessageContaining("invalid regex");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rules(rule(CONVERT, EXACT, "x")))
        .withMessageContaining("missing destination");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rules(Rule.getDefaultInstance()))
        .withMessageContaining("selector");
  }
}
