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
    "g=u, 2750, true, 2770",
    "u=g, 4750, false, 4550",
    "a=u, 7740, false, 7777",
    "g=ur, 740, false, 740",
    "g=ru, 720, false, 770",
    "go+rrs+w, 3512, false, 3576",
    "o-u, 757, false, 750",
    "-X, 755, false, 644",
    "o=gX, 710, false, 711",
    "u-x+X, 700, false, 700",
    "+ut, 700, true, 1777",
    "+wt, 444, true, 1444",
    "=t, 750, true, 1750",
    "00755, 0, false, 755",
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
