package dev.obdbuild.frontend.expand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.oci.json.GoQuote;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExpanderTest {
  private static final Map<String, String> VALUES =
      Map.of(
          "PWD", "/home",
          "SHELL", "bash",
          "EMPTY", "",
          "FILE", "a/b/archive.tar.gz",
          "STARS", "a*b*c",
          "LIST", "80 90",
          "UNI", "größe");
  private static final Variables VARIABLES = name -> Optional.ofNullable(VALUES.get(name));

  private static String word(String text) throws DockerfileException {
    return new Expander('\\').word(text, VARIABLES);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "hello | hello",
        "he'll'o | hello",
        "he'll\\'o | hell\\o",
        "\"a$PWD'b\" | a/home'b",
        "'$PWD' | $PWD",
        "\\$PWD | $PWD",
        "\"\\$PWD \\x\" | $PWD \\x",
        "end\\ | end",
        "he$PWD. | he/home.",
        "he${PWD}xx | he/homexx",
        "$PWDx- | -",
        "he$ | he$",
        "he$. | he$.",
        "$1 | ^^",
        "$123x | x",
        "$@x | x",
        "${UNSET:-aaa} | aaa",
        "${EMPTY:-aaa} | aaa",
        "${EMPTY-aaa} | ^^",
        "${UNSET-a${PWD}b} | a/homeb",
        "${UNSET:-'}'} | }",
        "${PWD:+yes} | yes",
        "${EMPTY:+yes} | ^^",
        "${EMPTY+yes} | yes",
        "${UNSET+yes} | ^^",
        "${PWD:?bad} | /home",
        "${FILE#*/} | b/archive.tar.gz",
        "${FILE##*/} | archive.tar.gz",
        "${FILE%.*} | a/b/archive.tar",
        "${FILE%%.*} | a/b/archive",
        "${FILE#x} | a/b/archive.tar.gz",
        "${STARS#a\\*} | b*c",
        "${STARS%\\*c} | a*b",
        "${FILE/a/X} | X/b/archive.tar.gz",
        "${FILE//a/X} | X/b/Xrchive.tXr.gz",
        "${FILE/a*r/X} | X.gz",
        "${FILE//\\//-} | a-b-archive.tar.gz",
        "${SHELL//*/x} | x",
        "${SHELL/?/$PWD} | /homeash",
        "${UNI#gr?} | ße",
        "a<<b | a<<b",
      })
  void wordsExpandAsBuildKitExpandsThem(String text, String expected) throws DockerfileException {
    assertThat(word(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "${ | syntax error: missing '}'",
        "${} | syntax error: bad substitution",
        "${:x} | syntax error: bad substitution",
        "${{x}} | syntax error: bad substitution",
        "${PWD:-x | syntax error: missing '}'",
        "${PWD/x} | syntax error: missing '/' in ${}",
        "${PWD/x/y | syntax error: missing '}'",
        "${PWD@U} | unsupported modifier (@) in substitution",
        "${PWD:x} | unsupported modifier (:x) in substitution",
        "${UNSET:?} | UNSET: is not allowed to be unset",
        "${EMPTY:?} | EMPTY: is not allowed to be empty",
        "${UNSET?say it} | UNSET: say it",
        "${PWD#\\x} | invalid pattern (\\x) in substitution: invalid escape '\\x'",
        "'open | unexpected end of statement while looking for matching single-quote",
        "\"open | unexpected end of statement while looking for matching double-quote",
      })
  void wrongWordsAreRefusedInBuildKitsWords(String text, String expected) {
    assertThatThrownBy(() -> word(text))
        .isInstanceOf(DockerfileException.class)
        .hasMessage("failed to process " + GoQuote.quote(text) + ": " + expected);
  }

  @Test
  void valuesSplitIntoWordsUnlessQuoted() throws DockerfileException {
    Expander expander = new Expander('\\');
    assertThat(expander.expand("$LIST x\\ y", VARIABLES, Style.WORD).words())
        .containsExactly("80", "90", "x y");
    assertThat(expander.expand("\"$LIST\"", VARIABLES, Style.WORD).words())
        .containsExactly("80 90");
  }

  @Test
  void displayedCommandsKeepQuotesAndUnsetVariables() throws DockerfileException {
    Expander expander = new Expander('\\');
    assertThat(
            expander
                .expand("RUN echo \"$PWD '$PWD'\" '$PWD' $NO ${NO:-x}", VARIABLES, Style.DISPLAY)
                .text())
        .isEqualTo("RUN echo \"/home '/home'\" '$PWD' $NO ${NO:-x}");
  }

  @Test
  void bodiesKnowNoQuotes() throws DockerfileException {
    assertThat(new Expander('`').expandBody("it's \"$PWD\" \\$PWD", VARIABLES).text())
        .isEqualTo("it's \"/home\" $PWD");
  }

  @Test
  void theEscapeCharacterCanBeABacktick() throws DockerfileException {
    assertThat(new Expander('`').word("C:\\x`$PWD", VARIABLES)).isEqualTo("C:\\x$PWD");
  }

  @Test
  void namesThatWereUsedAreTold() throws DockerfileException {
    Expanded expanded = new Expander('\\').expand("$PWD$NO", VARIABLES, Style.WORD);
    assertThat(expanded.matched()).containsExactly("PWD");
    assertThat(expanded.unmatched()).containsExactly("NO");
  }

  @Test
  void deepNestingIsRefused() {
    assertThatThrownBy(() -> word("${a:-".repeat(5000) + "}".repeat(5000)))
        .hasMessageContaining("nested deeper");
  }

  @Test
  void doublingHasABound() {
    Expander expander = new Expander('\\');
    assertThatThrownBy(
            () -> {
              String value = "x";
              for (int i = 0; i < 64; i++) {
                String current = value;
                value = expander.word("$A$A", name -> Optional.of(current));
              }
            })
        .hasMessageContaining("grow beyond");
  }

  @Test
  void replacingHasABound() {
    String large = "x".repeat(1 << 20);
    assertThatThrownBy(() -> new Expander('\\').word("${A//x/$A}", name -> Optional.of(large)))
        .hasMessageContaining("grow beyond");
  }
}
