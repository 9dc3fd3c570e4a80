package dev.obdbuild.builder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FlagValuesTest {

  @ParameterizedTest
  @CsvSource({
    "64, 64",
    "64b, 64",
    "1k, 1024",
    "64m, 67108864",
    "64MB, 67108864",
    "1.5g, 1610612736",
    "10GiB, 10737418240",
    "64g, 68719476736",
    "2t, 2199023255552"
  })
  void sizesAreReadAsDockerReadsThem(String text, long bytes) {
    assertThat(ByteSize.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "g", "-1", "1x", "1 2", "99999999999999999999", "9999999t"})
  void whatIsNoSizeIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.parse(text));
  }

  @Test
  void secretsComeFromFilesAndFromTheEnvironment() {
    assertThat(SecretSpec.parse("id=a,src=dir/f"))
        .isEqualTo(new SecretSpec("a", new SecretSpec.FromFile("dir/f")));
    assertThat(SecretSpec.parse("src=dir/f"))
        .isEqualTo(new SecretSpec("f", new SecretSpec.FromFile("dir/f")));
    assertThat(SecretSpec.parse("id=a,env=B"))
        .isEqualTo(new SecretSpec("a", new SecretSpec.FromEnv("B")));
    assertThat(SecretSpec.parse("type=env,id=a,src=B"))
        .isEqualTo(new SecretSpec("a", new SecretSpec.FromEnv("B")));
    assertThat(SecretSpec.parse("id=a"))
        .isEqualTo(new SecretSpec("a", new SecretSpec.FromEither("a")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "id=", "id=a,src=b,env=c", "id=a,file=b", "id=a,type=x"})
  void badSecretsAreRefusedByName(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SecretSpec.parse(text))
        .withMessageContaining("--secret");
  }

  @ParameterizedTest
  @CsvSource({
    "db:10.0.0.1, db=10.0.0.1",
    "db=10.0.0.1, db=10.0.0.1",
    "db:::1, db=::1",
    "db=[::1], db=::1"
  })
  void extraHostsTakeBothSpellings(String text, String expected) {
    assertThat(ExtraHost.parse(text)).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"db", "db:", ":1.2.3.4", "db:example.com"})
  void badExtraHostsAreRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ExtraHost.parse(text));
  }

  @Test
  void limitsAreSoftAndHard() {
    assertThat(Ulimit.parse("nofile=10:20")).isEqualTo(new Ulimit("nofile", 10, 20));
    assertThat(Ulimit.parse("nproc=5")).isEqualTo(new Ulimit("nproc", 5, 5));
    assertThat(Ulimit.parse("core=-1")).isEqualTo(new Ulimit("core", -1, -1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"nofile", "nofiles=1", "nofile=a", "nofile=2:1", "nofile=1:2:3", "nofile=-2"})
  void badLimitsAreRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Ulimit.parse(text));
  }
}
