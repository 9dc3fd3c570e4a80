package dev.obdbuild.worker.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ModeTextTest {
  @ParameterizedTest
  @CsvSource({
    "'u=rwX,go=rX', 600, false, 644",
    "'u=rwX,go=rX', 600, true, 755",
    "'u=rwX,go=rX', 700, false, 755",
    "a+x, 644, false, 755",
    "+w, 444, false, 666",
    "go-rwx, 4777, false, 4700",
    "u+s, 755, false, 4755",
    "o+s, 755, false, 755",
    "+t, 755, true, 1755",
    "g=u, 740, false, 770",
    "u=, 777, false, 077",
    "a=r, 7777, false, 1444",
    "ug+rw-x, 111, false, 661",
    "4755, 0, false, 4755",
  })
  void isAppliedAsChmodDoes(String text, String before, boolean directory, String after) {
    int result = ModeText.parse(text).apply(Integer.parseInt(before, 8), directory);
    assertThat(Integer.toOctalString(result))
        .isEqualTo(Integer.toOctalString(Integer.parseInt(after, 8)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "u", "rwx", "u=q", "a+x,", "u=rwx,,g=r", "99999", "z+x"})
  void nonsenseIsRefused(String text) {
    assertThatThrownBy(() -> ModeText.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("chmod");
  }
}
