package dev.obdbuild.linux.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TreesTest {

  @TempDir Path temp;

  /** Two folders of 300 files and 30 folders each. */
  private Path wide() throws IOException {
    Path tree = temp.resolve("tree");
    for (int i = 0; i < 60; i++) {
      Path folder = Files.createDirectories(tree.resolve(i % 2 + "/" + i));
      for (int j = 0; j < 10; j++) {
        Files.writeString(folder.resolve("file" + j), "four");
      }
    }
    return tree;
  }

  @Test
  void removesAFolderWithAllItHoldsAndFollowsNoLink() throws IOException {
    Path tree = wide();
    Path outside = Files.writeString(Files.createDirectory(temp.resolve("o")).resolve("kept"), "");
    Files.createSymbolicLink(tree.resolve("0/out"), outside.getParent());
    Trees.remove(tree);
    assertThat(tree).doesNotExist();
    assertThat(outside).exists();
    Path link = Files.createSymbolicLink(temp.resolve("link"), outside.getParent());
    Trees.remove(link);
    assertThat(Files.isSymbolicLink(link)).isFalse();
    assertThat(outside).exists();
  }

  @Test
  void removesAFileAndNothing() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "");
    Trees.remove(file);
    assertThat(file).doesNotExist();
    assertThatCode(() -> Trees.remove(file)).doesNotThrowAnyException();
    assertThatCode(() -> Trees.remove(temp.resolve("no/such/folder"))).doesNotThrowAnyException();
    assertThatThrownBy(() -> Trees.remove(Path.of("/proc/self")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("self");
  }

  @Test
  void removesATreeDeeperThanAPathCanTell() throws IOException {
    RawPath name = RawPath.of("n".repeat(200));
    Path tree = Files.createDirectory(temp.resolve("deep"));
    Root[] at = {Root.open(tree)};
    for (int i = 0; i < 50; i++) {
      try (Root above = at[0];
          Dir dir = above.dir(RawPath.EMPTY)) {
        assertThat(dir.mkdir(name, 0755)).isTrue();
        at[0] = above.sub(name);
      }
    }
    at[0].close();
    Trees.remove(tree);
    assertThat(tree).doesNotExist();
  }

  @Test
  void severalMayRemoveTheSameTreeAtOnce() throws Exception {
    for (int round = 0; round < 10; round++) {
      Path tree = wide();
      try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
        List<Future<?>> all =
            IntStream.range(0, 3)
                .<Future<?>>mapToObj(
                    i ->
                        threads.submit(
                            () -> {
                              Trees.remove(tree);
                              return i;
                            }))
                .toList();
        for (Future<?> one : all) {
          one.get();
        }
      }
      assertThat(tree).doesNotExist();
    }
  }

  @Test
  void countsTheBytesOfAllFilesAndOfLinksTheirText() throws IOException {
    Path tree = wide();
    assertThat(Trees.bytes(tree)).isEqualTo(600 * 4);
    Files.createSymbolicLink(tree.resolve("0/link"), Path.of("seven77"));
    assertThat(Trees.bytes(tree)).isEqualTo(600 * 4 + 7);
    assertThat(Trees.bytes(temp.resolve("no such folder"))).isZero();
  }

  @Test
  void countingGoesOnWhileFilesAndFoldersGoAway() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
      for (int round = 0; round < 10; round++) {
        Path tree = wide();
        Future<?> removed =
            threads.submit(
                () -> {
                  Trees.remove(tree);
                  return true;
                });
        assertThat(Trees.bytes(tree)).isBetween(0L, 600 * 4L);
        removed.get();
      }
    }
  }
}
