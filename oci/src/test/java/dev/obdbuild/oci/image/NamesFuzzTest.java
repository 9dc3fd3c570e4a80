package dev.obdbuild.oci.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/** Names from outside, of any length: what is understood is spelt back, the rest refused. */
@Tag("fuzz")
final class NamesFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void references(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    reference(text);
    reference(text.repeat(1 + 20_000 / (text.length() + 1)));
  }

  private static void reference(String text) {
    try {
      Reference name = Reference.parseName(text);
      assertThat(Reference.parseName(name.canonical())).isEqualTo(name);
      assertThat(Reference.parseName(name.familiar())).isEqualTo(name);
      assertThat(name.canonical()).hasSizeLessThanOrEqualTo(255 + 1 + 128 + 1 + 7 + 128);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(text.length() + 200);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void platforms(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    platform(text);
    platform("linux(" + text.repeat(1 + 20_000 / (text.length() + 1)) + ")/arm");
  }

  private static void platform(String text) {
    try {
      Platform platform = Platform.parse(text);
      String system = platform.osVersion() + String.join("", platform.osFeatures());
      if (system.matches("[A-Za-z0-9_.%+()/-]*+")) {
        // What else was escaped is not when it is spelt again, as containerd does it.
        assertThat(Platform.parse(platform.formatAll())).isEqualTo(platform);
      }
      assertThat(platform.normalised()).isEqualTo(platform);
      assertThat(platform.accepts(platform)).isTrue();
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @FuzzTest(maxDuration = "30s")
  void digests(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    try {
      Digest digest = Digest.parse(text);
      assertThat(digest).hasToString(text);
      assertThat(digest.newHash().getDigestLength() * 2).isEqualTo(digest.hex().length());
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @FuzzTest(maxDuration = "30s")
  void times(byte[] bytes) {
    try {
      var time = Rfc3339.parse(new String(bytes, UTF_8));
      assertThat(Rfc3339.parse(Rfc3339.format(time))).isEqualTo(time);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageEndingWith(" is not a time of RFC 3339");
    }
  }
}
