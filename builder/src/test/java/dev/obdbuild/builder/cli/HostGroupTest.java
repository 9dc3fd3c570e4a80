package dev.obdbuild.builder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostGroupTest {

  @TempDir Path dir;
  private Path file = Path.of("unset");

  @BeforeEach
  void write() throws IOException {
    file = dir.resolve("group");
    Files.writeString(file, "root:x:0:\ndocker:x:998:a,b\n7:x:70:\nbroken\n");
  }

  @Test
  void aNameIsLookedUp() throws IOException {
    assertThat(new HostGroup(file).number("docker")).isEqualTo(998);
    assertThat(new HostGroup(file).number("7")).isEqualTo(70);
  }

  @Test
  void aNumberNeedsNoName() throws IOException {
    assertThat(new HostGroup(file).number("12")).isEqualTo(12);
    assertThat(new HostGroup(dir.resolve("none")).number("12")).isEqualTo(12);
  }

  @Test
  void anotherTextIsRefused() {
    assertThatThrownBy(() -> new HostGroup(file).number("builders"))
        .hasMessage("--group builders: no group of that name or number in " + file);
  }
}
