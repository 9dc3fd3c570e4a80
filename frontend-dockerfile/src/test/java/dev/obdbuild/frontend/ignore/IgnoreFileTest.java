package dev.obdbuild.frontend.ignore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.frontend.DockerfileException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IgnoreFileTest {

  private static List<String> patterns(String text) throws DockerfileException {
    return IgnoreFile.patterns(text.getBytes(StandardCharsets.UTF_8), ".dockerignore");
  }

  @Test
  void linesAreCleanedAndCommentsSkipped() throws DockerfileException {
    assertThat(
            patterns(
                "\uFEFF# comment\n\n  /a/b/../c/  \n!  /keep \n # no comment\n**/*.log\r\n.\n/\n"))
        .containsExactly("a/c", "!keep", "# no comment", "**/*.log", ".", "/");
  }

  @Test
  void aLoneNegationIsRefused() {
    assertThatThrownBy(() -> patterns("a\n!\n"))
        .hasMessage("failed parsing .dockerignore: illegal exclusion pattern: \"!\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "a[", "[]a]", "[a-", "[-]", "a\\", "[^]"})
  void wrongPatternsAreRefused(String line) {
    assertThatThrownBy(() -> patterns(line))
        .hasMessage("failed parsing .dockerignore: syntax error in pattern");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[a-z]", "[^a]", "[\\]]", "a\\*", "**", "?"})
  void rightPatternsAreKept(String line) throws DockerfileException {
    assertThat(patterns(line)).containsExactly(line);
  }

  @ParameterizedTest
  @CsvSource({"/a/b,/a/b", "a//b/./c/..,a/b", "../..,../..", "/../a,/a", "./,.", "a/..,.", "/,/"})
  void pathsAreCleaned(String path, String cleaned) {
    assertThat(UnixPath.clean(path)).isEqualTo(cleaned);
    assertThat(UnixPath.clean(cleaned)).isEqualTo(cleaned);
  }

  @ParameterizedTest
  @CsvSource({"/a/b,b,/a", "a,a,.", "/,/,/", "a/b/,b,a/b"})
  void pathsHaveABaseAndAFolder(String path, String base, String dir) {
    assertThat(UnixPath.base(path)).isEqualTo(base);
    assertThat(UnixPath.dir(path)).isEqualTo(dir);
  }
}
