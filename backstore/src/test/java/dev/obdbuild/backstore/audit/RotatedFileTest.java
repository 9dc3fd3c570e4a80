package dev.obdbuild.backstore.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RotatedFileTest {
  @TempDir Path folder = Path.of("");

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void thereAreNeverMoreFilesThanAllowedAndTheNewestStay(int files) throws IOException {
    RotatedFile file = new RotatedFile(folder.resolve("log"), 10, files);
    file.append("");
    for (int i = 0; i < 6; i++) {
      // Full with the second line: the third begins a new file.
      file.append("line " + 2 * i + "\n");
      file.append("line " + (2 * i + 1) + "\n");
    }
    List<String> kept = new ArrayList<>();
    for (int i = files - 1; i > 0; i--) {
      kept.addAll(Files.readAllLines(folder.resolve("log." + i)));
    }
    kept.addAll(Files.readAllLines(folder.resolve("log")));
    assertThat(kept).hasSize(2 * files).startsWith("line " + (12 - 2 * files)).endsWith("line 11");
    assertThat(folder.resolve("log." + files)).doesNotExist();
  }
}
