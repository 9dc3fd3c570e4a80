package dev.obdbuild.linux.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RawPathTest {
  @ParameterizedTest
  @CsvSource({
    "./dot/./slash//x, dot/slash/x",
    "/, ''",
    ".., ''",
    "a/../../b/, b",
    "a/..b/...,a/..b/...",
    ".a,.a",
    "a/., a",
    "a,a"
  })
  void cleansByTheLetter(String path, String clean) {
    assertThat(RawPath.of(path).clean()).isEqualTo(RawPath.of(clean));
  }

  @Test
  void keepsBytesThatAreNotUtf8() {
    byte[] name = {'a', (byte) 0xff, (byte) 0xc3, '/', (byte) 0x80};
    assertThat(RawPath.ofBytes(name).bytes()).isEqualTo(name);
    assertThat(RawPath.ofBytes(name).text()).isEqualTo("a\ufffd\ufffd/\ufffd");
    assertThat(RawPath.of("ünï").text()).isEqualTo("ünï");
  }

  @Test
  void refusesNul() {
    assertThatThrownBy(() -> RawPath.of("a\0b")).isInstanceOf(IllegalArgumentException.class);
  }

  @Property
  void aCleanPathHasOnlyRealComponentsAndStaysClean(
      @ForAll @CharRange(from = '.', to = '/') @StringLength(max = 12) String dots,
      @ForAll("word") String word) {
    RawPath clean = RawPath.of(dots + word).clean();
    assertThat(clean.clean()).isEqualTo(clean);
    assertThat(clean.components())
        .noneMatch(c -> c.text().equals(".") || c.text().equals("..") || c.isEmpty());
    assertThat(clean.latin1()).doesNotStartWith("/").doesNotEndWith("/");
  }

  @net.jqwik.api.Provide
  net.jqwik.api.Arbitrary<String> word() {
    return net.jqwik.api.Arbitraries.strings().withChars("a./").ofMaxLength(8);
  }

  @Test
  void withinIsByComponents() {
    assertThat(RawPath.of("a/b").isWithin(RawPath.of("a"))).isTrue();
    assertThat(RawPath.of("ab").isWithin(RawPath.of("a"))).isFalse();
    assertThat(RawPath.of("ab").isWithin(RawPath.EMPTY)).isTrue();
  }
}
