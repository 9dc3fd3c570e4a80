package dev.obdbuild.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.oci.image.Digest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteCacheStoreTest {

  private static final Digest KEY = Toys.digest("key");

  @TempDir Path folder;

  @Test
  void whatWasSavedIsFoundByAnotherProcessToo() throws IOException {
    Path file = folder.resolve("deep/cache.db");
    try (CacheStore one = SqliteCacheStore.open(file);
        CacheStore other = SqliteCacheStore.open(file)) {
      assertThat(other.find(KEY)).isEmpty();
      one.save(KEY, List.of("a", "b"), Instant.EPOCH);
      assertThat(other.find(KEY)).contains(List.of("a", "b"));
      other.save(KEY, List.of("c"), Instant.EPOCH);
      assertThat(one.find(KEY)).contains(List.of("c"));
      one.saveAlias(KEY, Toys.digest("other"));
      assertThat(other.alias(KEY)).contains(Toys.digest("other"));
    }
    try (CacheStore again = SqliteCacheStore.open(file)) {
      assertThat(again.find(KEY)).contains(List.of("c"));
    }
  }

  @Test
  void aKeyIsOnlyForgottenWithTheIdsItHas() throws IOException {
    try (CacheStore store = SqliteCacheStore.open(folder.resolve("cache.db"))) {
      store.save(KEY, List.of("a"), Instant.EPOCH);
      store.remove(KEY, List.of("b"));
      assertThat(store.find(KEY)).isPresent();
      store.remove(KEY, List.of("a"));
      assertThat(store.find(KEY)).isEmpty();
    }
  }

  @Test
  void whatIsOldIsPruned() throws IOException {
    try (CacheStore store = SqliteCacheStore.open(folder.resolve("cache.db"))) {
      store.save(KEY, List.of("a"), Instant.ofEpochSecond(100));
      store.save(Toys.digest("young"), List.of("b"), Instant.ofEpochSecond(200));
      store.prune(Instant.ofEpochSecond(150));
      assertThat(store.find(KEY)).isEmpty();
      assertThat(store.find(Toys.digest("young"))).isPresent();
    }
  }

  @Test
  void aFileThatIsNoStoreIsRefusedByName() throws IOException {
    Path file = folder.resolve("cache.db");
    Files.writeString(file, "certainly not a database, but long enough to look at it".repeat(40));
    assertThatThrownBy(() -> SqliteCacheStore.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void whatWasAcknowledgedSurvivesKillMinusNine() throws Exception {
    Path file = folder.resolve("cache.db");
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "--enable-native-access=ALL-UNNAMED",
                Writer.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    int acknowledged = -1;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
      for (int n = 0; n < 200; n++) {
        String line = lines.readLine();
        assertThat(line).isNotNull();
        acknowledged = Integer.parseInt(line);
      }
    } finally {
      writer.destroyForcibly().waitFor();
    }
    try (CacheStore store = SqliteCacheStore.open(file)) {
      for (int n = 0; n <= acknowledged; n++) {
        assertThat(store.find(Toys.digest("n" + n))).contains(List.of("id" + n));
      }
    }
  }

  /** Saves and says so, for ever. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) throws IOException {
      try (CacheStore store = SqliteCacheStore.open(Path.of(args[0]))) {
        for (int n = 0; true; n++) {
          store.save(Toys.digest("n" + n), List.of("id" + n), Instant.EPOCH);
          System.out.println(n);
        }
      }
    }
  }
}
