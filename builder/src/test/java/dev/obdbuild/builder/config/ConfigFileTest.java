package dev.obdbuild.builder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.obdbuild.oci.registry.HostConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigFileTest {

  @TempDir private Path dir;

  @Test
  void registriesAreSpelledAsInBuildkitdToml() throws IOException {
    ConfigFile config =
        read(
            """
            block-cache = "2g"
            [registry."docker.io"]
              mirrors = ["127.0.0.1:5000/base"]
            [registry."r.example:5000"]
              http = true
              insecure = true
              ca = ["/ca.pem"]
              [[registry."r.example:5000".keypair]]
                cert = "/c.pem"
                key = "/k.pem"
            """);
    assertThat(config.blockCacheBytes()).isEqualTo(2L << 30);
    assertThat(config.registries().hosts().get("docker.io"))
        .isEqualTo(HostConfig.DEFAULT.withMirrors(List.of("127.0.0.1:5000/base")));
    assertThat(config.registries().hosts().get("r.example:5000"))
        .isEqualTo(
            new HostConfig(
                List.of(),
                Optional.of(true),
                true,
                List.of(Path.of("/ca.pem")),
                Optional.of(new HostConfig.ClientKey(Path.of("/c.pem"), Path.of("/k.pem")))));
  }

  @Test
  void unknownKeysAndBadSyntaxAreRefusedWithTheFileNamed() {
    assertThatIOException()
        .isThrownBy(() -> read("[registry.\"a\"]\nmirors = []\n"))
        .withMessageContaining("config.toml: unknown key registry.\"a\".mirors");
    assertThatIOException().isThrownBy(() -> read("a = \n")).withMessageContaining("config.toml");
    assertThatIOException()
        .isThrownBy(() -> read("block-cache = \"much\"\n"))
        .withMessageContaining("much");
  }

  private ConfigFile read(String text) throws IOException {
    return ConfigFile.read(Files.writeString(dir.resolve("config.toml"), text));
  }
}
