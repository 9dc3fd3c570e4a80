package dev.obdbuild.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReferenceTest {
  private static final String HEX = "a".repeat(64);

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "busybox, docker.io/library/busybox:latest, busybox:latest",
    "busybox:1, docker.io/library/busybox:1, busybox:1",
    "team/app, docker.io/team/app:latest, team/app:latest",
    "index.docker.io/team/app:x, docker.io/team/app:x, team/app:x",
    "docker.io/busybox, docker.io/library/busybox:latest, busybox:latest",
    "localhost/app, localhost/app:latest, localhost/app:latest",
    "localhost:5000/a/b/c:t, localhost:5000/a/b/c:t, localhost:5000/a/b/c:t",
    "127.0.0.1:5000/base/slim:1, 127.0.0.1:5000/base/slim:1, 127.0.0.1:5000/base/slim:1",
    "ghcr.io/o/a_b__c-d.e:V1.0-x, ghcr.io/o/a_b__c-d.e:V1.0-x, ghcr.io/o/a_b__c-d.e:V1.0-x",
    "[::1]:5000/app, [::1]:5000/app:latest, [::1]:5000/app:latest",
    "UPPER/app, UPPER/app:latest, UPPER/app:latest",
    "foo.bar, docker.io/library/foo.bar:latest, foo.bar:latest",
  })
  void isReadAsDockerReadsIt(String text, String canonical, String familiar) {
    Reference reference = Reference.parse(text);
    assertThat(reference.canonical()).isEqualTo(canonical);
    assertThat(reference.familiar()).isEqualTo(familiar);
    assertThat(Reference.parse(canonical)).isEqualTo(reference);
    assertThat(Reference.parse(familiar)).isEqualTo(reference);
  }

  @Test
  void aDigestNeedsNoTag() {
    Reference reference = Reference.parse("busybox@sha256:" + HEX);
    assertThat(reference.tag()).isEmpty();
    assertThat(reference.tagOrDigest()).isEqualTo("sha256:" + HEX);
    Reference both = Reference.parse("busybox:1@sha256:" + HEX);
    assertThat(both.tag()).contains("1");
    assertThat(both.canonical()).isEqualTo("docker.io/library/busybox:1@sha256:" + HEX);
    assertThat(Reference.parseName("busybox").tag()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "App | invalid reference format: repository name (library/App) must be lowercase",
        "localhost:5000/App:1 | invalid reference format: repository name (App) must be lowercase",
        "a:b:c | invalid reference format",
        "a//b | invalid reference format",
        "-a | invalid reference format",
        "a:-x | invalid reference format",
        "http://a/b | invalid reference format",
        "a@sha256:12 | invalid reference format",
        "a@sha999:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | unsupported digest algorithm",
        "a@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | invalid checksum digest length",
      })
  void isRefusedInDockersWords(String text, String message) {
    assertThatThrownBy(() -> Reference.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void anImageIdAndAnOverlongNameAreRefused() {
    assertThatThrownBy(() -> Reference.parse(HEX))
        .hasMessage(
            "invalid repository name (" + HEX + "), cannot specify 64-byte hexadecimal strings");
    assertThatThrownBy(() -> Reference.parse("a".repeat(300)))
        .hasMessage("repository name must not be more than 255 characters");
    assertThatThrownBy(() -> Reference.parse("")).hasMessage("invalid reference format");
  }
}
