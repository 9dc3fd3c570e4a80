package dev.obdbuild.builder.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** Any bytes as a configuration file: understood, or refused naming the file. */
@Tag("fuzz")
final class ConfigFileFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void files(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    if (text.contains("metrics")) {
      // The host of an address is looked up.
      return;
    }
    try {
      ConfigFile file = ConfigFile.of(TomlSection.of(text, Path.of("/etc/c.toml")));
      assertThat(file.warnings()).allMatch(warning -> warning.startsWith("/etc/c.toml:"));
      assertThat(file.filesystem().bytes() % 4096).isZero();
      file.registries()
          .hosts()
          .values()
          .forEach(host -> assertThat(host.maxQps()).isBetween(0, 1_000_000));
    } catch (IOException e) {
      assertThat(e).hasMessageStartingWith("/etc/c.toml:");
    }
  }
}
