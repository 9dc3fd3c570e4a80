package dev.obdbuild.builder.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BuilderFactsTest {

  @TempDir private Path folder;

  @Test
  void files_are_read_by_their_names_and_the_last_one_counts() throws Exception {
    Files.writeString(folder.resolve("b.json"), "{\"site\": \"there\", \"more\": {\"x\": [1]}}");
    Files.writeString(folder.resolve("a.json"), "{\"site\": \"here\", \"kept\": 5}");
    Files.writeString(folder.resolve("c.txt"), "not read");

    assertThat(BuilderFacts.load(folder).json())
        .containsEntry("site", "\"there\"")
        .containsEntry("more", "{\"x\":[1]}")
        .containsEntry("kept", "5");
  }

  @Test
  void a_folder_that_is_not_there_says_nothing() throws Exception {
    assertThat(BuilderFacts.load(folder.resolve("none")).json()).isEmpty();
  }

  @Test
  void what_the_builder_says_itself_is_not_for_others_to_say() throws Exception {
    Files.writeString(folder.resolve("a.json"), "{\"builderPlatform\": \"vax\"}");

    assertThatThrownBy(() -> BuilderFacts.load(folder)).hasMessageContaining("builderPlatform");
  }
}
