package dev.obdbuild.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsRoot
final class SmallDiskTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  @Test
  void holdsNoMoreThanItsSizeAndIsGoneWhenItIsClosed() throws Exception {
    Path file = folder.resolve("file");
    try (SmallDisk disk = SmallDisk.on(folder, 1)) {
      assertThatThrownBy(() -> Files.write(file, new byte[2 * MIB]))
          .hasMessageContaining("No space left on device");

      disk.resize(4);

      assertThat(Files.write(file, new byte[2 * MIB])).hasSize(2 * MIB);
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    Path missing = folder.resolve("missing");

    assertThatThrownBy(() -> SmallDisk.on(missing, 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(missing.toString());
  }
}
