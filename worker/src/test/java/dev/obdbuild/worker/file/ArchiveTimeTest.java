package dev.obdbuild.worker.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.MountedTree;
import dev.obdbuild.worker.content.TestTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NeedsRoot
@NeedsTool({"tar", "gzip", "bzip2", "xz", "zstd"})
final class ArchiveTimeTest {
  private static final Instant NEWEST = Instant.ofEpochSecond(1_400_000_005);

  @TempDir Path temp;

  private void pack(String... options) throws IOException, InterruptedException {
    TestTree.make(temp, "in/d/a one", "in/d/b two", "in/l -> d/a");
    touch("in/d/a", 1_400_000_000);
    touch("in/d/b", 1_400_000_005);
    touch("in/d", 1_999_999_999);
    String[] command =
        Arrays.copyOf(new String[] {"tar", "-cf", "archive", "-C", "in"}, 6 + options.length);
    System.arraycopy(options, 0, command, 5, options.length);
    command[command.length - 1] = ".";
    Process process =
        new ProcessBuilder(command).directory(temp.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  private void touch(String path, long seconds) throws IOException {
    Files.setLastModifiedTime(temp.resolve(path), FileTime.from(Instant.ofEpochSecond(seconds)));
  }

  private Optional<Instant> newest(String name) throws IOException {
    try (FileTree tree = MountedTree.open(temp, "test")) {
      return ArchiveTime.newest(tree, RawPath.of(name));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--format=gnu", "--gzip", "--bzip2", "--xz", "--zstd"})
  void theNewestRegularFileCounts(String option) throws Exception {
    pack(option);
    assertThat(newest("archive")).contains(NEWEST);
  }

  @Test
  void whatIsNoWholeArchiveHasNoTime() throws Exception {
    pack("--gzip");
    byte[] whole = Files.readAllBytes(temp.resolve("archive"));
    Files.write(temp.resolve("cut"), Arrays.copyOf(whole, whole.length / 2));
    Files.writeString(temp.resolve("text"), "no archive at all");
    Files.write(temp.resolve("empty"), new byte[0]);
    assertThat(newest("cut")).isEmpty();
    assertThat(newest("text")).isEmpty();
    assertThat(newest("empty")).isEmpty();
  }
}
