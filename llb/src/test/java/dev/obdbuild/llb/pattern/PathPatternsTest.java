package dev.obdbuild.llb.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.llb.pattern.PathPatterns.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PathPatternsTest {
  /**
   * Random patterns and paths with the answers of the Go original: lines of a pattern list are
   * patterns, path, whether it or a parent matches, and what a walk from the top says; lines that
   * begin with G are filepath.Match.
   */
  @Test
  void answersAsTheOriginalDoes() throws IOException {
    int lines = 0;
    for (String line : resource().split("\n")) {
      String[] f = line.split("\t");
      lines++;
      if (f[0].equals("G")) {
        assertThat(Glob.perComponent(f[1]).matches(f[2]))
            .as(line)
            .isEqualTo(Boolean.parseBoolean(f[3]));
        continue;
      }
      PathPatterns patterns = PathPatterns.of(List.of(f[0].split(" ")));
      assertThat(patterns.matches(f[1])).as(line).isEqualTo(Boolean.parseBoolean(f[2]));
      assertThat(walk(patterns, f[1]).matched()).as(line).isEqualTo(Boolean.parseBoolean(f[3]));
    }
    assertThat(lines).isGreaterThan(300);
  }

  private static Verdict walk(PathPatterns patterns, String path) {
    Verdict verdict = Verdict.NONE;
    String at = "";
    for (String part : path.split("/")) {
      at = at.isEmpty() ? part : at + "/" + part;
      verdict = patterns.match(at, verdict);
    }
    return verdict;
  }

  private static String resource() throws IOException {
    try (InputStream in = PathPatternsTest.class.getResourceAsStream("patterns.tsv")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "**/*.go, a/b/c.go, true",
    "**/*.go, c.go, true",
    "*.go, a/c.go, false",
    "node_modules, node_modules/x/y, true",
    "a/**, a, false",
    "a/**, a/b/c, true",
    "**, anything/at/all, true",
    "./a//b/, a/b/c, true",
    "a?c, abc, true",
    "a?c, a/c, false",
    "\\*, *, true",
    "'[a-c]x', bx, true",
    "'ü*', über, true",
  })
  void matches(String pattern, String path, boolean expected) throws IOException {
    assertThat(PathPatterns.of(List.of(pattern)).matches(path)).isEqualTo(expected);
  }

  @Test
  void theLastLineThatMatchesDecides() throws IOException {
    PathPatterns patterns = PathPatterns.of(List.of("*", "!keep", "keep/not"));
    assertThat(patterns.matches("other")).isTrue();
    assertThat(patterns.matches("keep/file")).isFalse();
    assertThat(patterns.matches("keep/not/this")).isTrue();
    assertThat(patterns.hasExceptions()).isTrue();
  }

  @Test
  void aLoneExclamationMarkIsAnError() {
    assertThatThrownBy(() -> PathPatterns.of(List.of("!")))
        .hasMessage("illegal exclusion pattern: \"!\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "a[", "[]", "[]a]", "[-x]", "[a-]", "a\\", "[^]"})
  void malformedPatternsAreErrorsThatNameThem(String pattern) {
    assertThatThrownBy(() -> PathPatterns.of(List.of(pattern)))
        .isInstanceOf(BadPatternException.class)
        .hasMessageStartingWith("syntax error in pattern")
        .hasMessageContaining(pattern);
  }

  @Test
  void hostilePatternsTakeNoTime() throws IOException {
    String pattern = "a*".repeat(200) + "b";
    assertThat(PathPatterns.of(List.of("**/" + pattern)).matches("x/" + "a".repeat(2000)))
        .isFalse();
  }

  @Test
  void aFolderIsLookedIntoOnlyWhereSomethingBelowMayMatch() throws BadPatternException {
    PathPatterns patterns = PathPatterns.of(List.of("a/b/c", "src/*/x", "!only/this"));
    assertThat(patterns.mayMatchBelow("a")).isTrue();
    assertThat(patterns.mayMatchBelow("a/b")).isTrue();
    assertThat(patterns.mayMatchBelow("a/bb")).isFalse();
    assertThat(patterns.mayMatchBelow("b")).isFalse();
    assertThat(patterns.mayMatchBelow("src/any")).isTrue();
    assertThat(patterns.mayMatchBelow("srcs")).isFalse();
    assertThat(patterns.mayMatchBelow("only")).isFalse();
    assertThat(PathPatterns.of(List.of("**/x")).mayMatchBelow("any/where")).isTrue();
    assertThat(PathPatterns.of(List.of("d?r/x")).mayMatchBelow("dir")).isTrue();
    assertThat(PathPatterns.of(List.of("pre**")).mayMatchBelow("prefix")).isTrue();
  }
}
