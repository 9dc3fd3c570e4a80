package dev.obdbuild.worker.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalTreeTest {
  @TempDir Path folder;

  private TreeSet<String> files(LocalFilter filter) throws IOException {
    TreeSet<String> found = new TreeSet<>();
    try (LocalTree tree = LocalTree.open(folder, filter);
        TreeDir top = tree.top()) {
      walk(top, found);
    }
    return found;
  }

  private static void walk(TreeDir dir, TreeSet<String> found) throws IOException {
    for (DirEntry entry : dir.list()) {
      String path = dir.path().child(entry.name()).text();
      if (entry.type() == FileType.DIRECTORY) {
        found.add(path + "/");
        try (TreeDir below = dir.open(entry.name())) {
          walk(below, found);
        }
      } else {
        found.add(path);
      }
    }
  }

  private static LocalFilter follow(String... paths) {
    return new LocalFilter(List.of(paths), List.of(), List.of());
  }

  private static LocalFilter exclude(String... lines) {
    return new LocalFilter(List.of(), List.of(), List.of(lines));
  }

  @Test
  void ignoredFilesAreNotThere() throws IOException {
    TestTree.make(folder, "a", "b/c", "b/keep", "node_modules/x/y", "empty/");
    assertThat(files(exclude("node_modules", "b", "!b/keep")))
        .containsExactly("a", "b/", "b/keep", "empty/");
  }

  @Test
  void followedPathsBringWhatTheirSymlinksLeadTo() throws IOException {
    TestTree.make(
        folder,
        "app/x -> ../lib/y",
        "lib/y -> /deep/z",
        "deep/z hello",
        "deep/other",
        "app/more",
        "w1",
        "w2");
    assertThat(files(follow("app/x")))
        .containsExactly("app/", "app/x", "deep/", "deep/z", "lib/", "lib/y");
    assertThat(files(follow("w*", "nope"))).containsExactly("w1", "w2");
    assertThat(files(follow("/"))).contains("deep/other", "w1", "app/more");
  }

  @Test
  void followedDirectoryLinksAreFollowedInTheMiddle() throws IOException {
    TestTree.make(folder, "link -> real", "real/f x", "real/g y");
    assertThat(files(follow("link/f"))).containsExactly("link", "real/", "real/f");
    try (LocalTree tree = LocalTree.open(folder, follow("link/f"))) {
      assertThat(tree.resolve(RawPath.of("link/f"), true)).isEqualTo(RawPath.of("real/f"));
    }
  }

  @Test
  void everythingBelongsToRoot() throws IOException {
    TestTree.make(folder, "f");
    try (LocalTree tree = LocalTree.open(folder, LocalFilter.ALL)) {
      assertThat(tree.find(RawPath.of("f")).orElseThrow().owner()).isEqualTo(Owner.ROOT);
    }
  }

  @Test
  void aFileThatChangedSinceTheScanIsAnError() throws IOException {
    TestTree.make(folder, "f before", "gone", "swapped");
    try (LocalTree tree = LocalTree.open(folder, LocalFilter.ALL)) {
      Files.writeString(folder.resolve("f"), "after it");
      Files.delete(folder.resolve("gone"));
      Files.delete(folder.resolve("swapped"));
      Files.createSymbolicLink(folder.resolve("swapped"), Path.of("/etc/hostname"));
      for (String name : List.of("f", "gone", "swapped")) {
        assertThatThrownBy(() -> tree.read(RawPath.of(name)))
            .isInstanceOf(SourceChangedException.class)
            .hasMessageContaining("/" + name)
            .hasMessageContaining("changed during the build");
      }
    }
  }

  @Test
  void symlinksOutOfTheContextStayInside() throws IOException {
    TestTree.make(folder, "up -> ../../../etc/hostname", "abs -> /etc/hostname");
    try (LocalTree tree = LocalTree.open(folder, LocalFilter.ALL)) {
      assertThat(tree.resolve(RawPath.of("up"), true)).isEqualTo(RawPath.of("etc/hostname"));
      assertThat(tree.find(tree.resolve(RawPath.of("abs"), true))).isEmpty();
    }
  }
}
