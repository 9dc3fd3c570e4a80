package dev.obdbuild.frontend.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.frontend.Lines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SyntaxDirectiveTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "# syntax = docker/dockerfile:1 x  | docker/dockerfile:1 x | 1",
        "#Syntax=a/b | a/b | 1",
        "# escape=`;# syntax=a/b | a/b | 2",
        "#!/bin/x;# syntax=a/b | a/b | 2",
        "// syntax=a/b;{} | a/b | 1",
        "{\"syntax\": \"a/b\", \"x\": {}} | a/b | 1",
      })
  void theFrontendIsFoundWithItsLine(String text, String value, int line) {
    assertThat(SyntaxDirective.find(text.replace(';', '\n')))
        .contains(new SyntaxDirective.Found(value, Lines.of(line)));
  }

  @Test
  void commentsBehindOtherThingsAreNoDirectives() {
    assertThat(SyntaxDirective.find("# hello\n# syntax=a/b\nFROM scratch")).isEmpty();
    assertThat(SyntaxDirective.find("FROM scratch\n# syntax=a/b")).isEmpty();
    assertThat(SyntaxDirective.find("{\"syntax\": 1}")).isEmpty();
    assertThat(SyntaxDirective.find("{\"syntax\"")).isEmpty();
    assertThat(SyntaxDirective.find("#!/bin/x")).isEmpty();
  }
}
