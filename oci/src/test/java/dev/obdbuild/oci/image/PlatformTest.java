package dev.obdbuild.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlatformTest {
  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "linux/amd64, linux/amd64",
    "linux/x86_64, linux/amd64",
    "aarch64, linux/arm64",
    "linux/arm64/v8, linux/arm64",
    "linux/arm, linux/arm/v7",
    "armel, linux/arm/v6",
    "linux/arm/6, linux/arm/v6",
    "i386, linux/386",
    "Linux/AMD64/v1, linux/amd64",
    "linux/amd64/v3, linux/amd64/v3",
    "windows/amd64, windows/amd64",
  })
  void isNormalised(String text, String expected) {
    assertThat(Platform.parse(text)).hasToString(expected);
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> Platform.parse("nonsense"))
        .hasMessageContaining("unknown operating system or architecture");
    assertThatThrownBy(() -> Platform.parse("a/b/c/d"))
        .hasMessageContaining("cannot parse platform specifier");
    assertThatThrownBy(() -> Platform.parse("linux/"))
        .hasMessageContaining("is an invalid component of \"linux/\"");
  }

  @Test
  void anIndexGivesTheBestMatch() {
    Descriptor base = new Descriptor(MediaTypes.OCI_MANIFEST, Digest.sha256(new byte[0]), 1);
    Descriptor attestation = base.withPlatform(new Platform("unknown", "unknown"));
    Descriptor v6 = base.withPlatform(Platform.parse("linux/arm/v6"));
    Descriptor v7 = base.withPlatform(Platform.parse("linux/arm/v7"));
    Descriptor amd = base.withPlatform(Platform.parse("linux/amd64"));
    Index index = new Index(List.of(attestation, v6, v7, amd));
    assertThat(index.choose(Platform.parse("linux/arm/v7"))).contains(v7);
    assertThat(index.choose(Platform.parse("linux/arm/v6"))).contains(v6);
    assertThat(index.choose(Platform.parse("linux/amd64"))).contains(amd);
    assertThat(index.choose(Platform.parse("linux/arm64"))).isEmpty();
    assertThat(new Index(List.of(base)).choose(Platform.parse("linux/arm64"))).contains(base);
  }

  @Test
  void theOverlaybdFormOfAnImageCountsBeforeTheOrdinaryOne() {
    Platform amd64 = Platform.parse("linux/amd64");
    Descriptor plain =
        new Descriptor(MediaTypes.OCI_MANIFEST, Digest.sha256(new byte[0]), 1).withPlatform(amd64);
    Descriptor annotated = plain.withAnnotations(Map.of(OverlaybdAnnotations.VERSION, "0.1.0"));
    Descriptor featured =
        plain.withPlatform(
            new Platform(
                "linux", "amd64", Optional.empty(), "", List.of(OverlaybdAnnotations.FEATURE)));
    Descriptor other = annotated.withPlatform(Platform.parse("linux/arm64"));

    assertThat(new Index(List.of(other, plain, annotated)).choose(amd64)).contains(annotated);
    assertThat(new Index(List.of(other, plain, featured)).choose(amd64)).contains(featured);
    assertThat(new Index(List.of(other, plain)).choose(amd64)).contains(plain);
  }

  @Test
  void aSystemMayHaveAVersionAndFeatures() {
    Platform platform = Platform.parse("windows(10.0.17763+win32k)/amd64");
    assertThat(platform.osVersion()).isEqualTo("10.0.17763");
    assertThat(platform.osFeatures()).containsExactly("win32k");
    assertThat(platform.format()).isEqualTo("windows/amd64");
    assertThat(platform.formatAll()).isEqualTo("windows(10.0.17763+win32k)/amd64");
    assertThat(Platform.parse(platform.formatAll())).isEqualTo(platform);
    assertThat(Platform.parse("linux/arm/v7").formatAll()).isEqualTo("linux/arm/v7");
  }
}
