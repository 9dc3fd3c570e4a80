package dev.obdbuild.backstore.tcmu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class TargetNameTest {
  @Test
  void aNameTellsItsOwner() {
    TargetName name = new TargetName(TargetName.owner(Path.of("/a/../b")), 7);
    assertThat(name.owner()).isEqualTo(TargetName.owner(Path.of("/b"))).hasSize(16);
    assertThat(TargetName.parse(name.toString())).isEqualTo(name);
    assertThat(name.port()).matches("naa\\.5001405[0-9a-f]{9}");
    assertThat(name.port()).isNotEqualTo(new TargetName(name.owner(), 8).port());
  }

  @Test
  void whatIsNoNameIsRefused() {
    for (String text :
        new String[] {"", "x-1", "0123456789abcdef", "0123456789abcdef-x", "../-1"}) {
      assertThatIllegalArgumentException().isThrownBy(() -> TargetName.parse(text));
    }
  }
}
