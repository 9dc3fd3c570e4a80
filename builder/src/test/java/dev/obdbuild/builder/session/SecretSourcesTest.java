package dev.obdbuild.builder.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.obdbuild.builder.config.SecretSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretSourcesTest {

  @TempDir private Path dir;

  @Test
  void secretsAreReadFromFilesAndVariables() throws IOException {
    Path file = Files.writeString(dir.resolve("f"), "from file");
    SecretSources secrets =
        SecretSources.of(
            List.of(SecretSpec.parse("id=a,src=" + file), SecretSpec.parse("id=b,env=B")),
            Map.of("B", "from env"));
    assertThat(secrets.get("a")).hasValue("from file".getBytes());
    assertThat(secrets.get("b")).hasValue("from env".getBytes());
    assertThat(secrets.get("c")).isEmpty();
  }

  @Test
  void aVariableComesBeforeAFileOfThatName() throws IOException {
    SecretSources secrets =
        SecretSources.of(List.of(SecretSpec.parse("id=B")), Map.of("B", "from env"));
    assertThat(secrets.get("B")).hasValue("from env".getBytes());
  }

  @Test
  void whatIsNotThereIsRefusedBeforeTheBuild() {
    assertThatIOException()
        .isThrownBy(
            () -> SecretSources.of(List.of(SecretSpec.parse("id=a,src=/no/such")), Map.of()))
        .withMessage("secret a: /no/such is not a file");
  }

  @Test
  void aHugeSecretIsRefused() throws IOException {
    Path file = Files.write(dir.resolve("big"), new byte[600 << 10]);
    SecretSources secrets =
        SecretSources.of(List.of(SecretSpec.parse("id=a,src=" + file)), Map.of());
    assertThatIOException()
        .isThrownBy(() -> secrets.get("a"))
        .withMessageContaining("614400 bytes");
  }
}
