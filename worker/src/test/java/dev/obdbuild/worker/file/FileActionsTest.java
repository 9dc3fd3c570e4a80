package dev.obdbuild.worker.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.llb.FileAction;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.worker.content.TestTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WORKDIR, heredocs and removals. */
@NeedsRoot
final class FileActionsTest {
  @TempDir Path root;

  private static final Optional<FileAction.Owner> FIVE_SIX =
      Optional.of(
          new FileAction.Owner(
              Optional.of(new FileAction.ById(5)), Optional.of(new FileAction.ById(6))));

  private void apply(FileAction.Change change) throws IOException {
    FileActions.apply(change, root, Optional.empty());
  }

  private void mkfile(String path, int mode, String data, long time) throws IOException {
    apply(new FileAction.MkFile(path, mode, data.getBytes(StandardCharsets.UTF_8), FIVE_SIX, time));
  }

  private Stat stat(String path) throws IOException {
    try (Root open = Root.open(root)) {
      return open.lstat(RawPath.of(path));
    }
  }

  @Test
  void mkdirMakesParentsAndOwnsOnlyWhatIsNew() throws IOException {
    TestTree.make(root, "old/", "link -> old");
    apply(new FileAction.MkDir("/link/a/b", 0755, true, FIVE_SIX, 3_000_000_000L));
    assertThat(stat("old/a").owner()).isEqualTo(new Owner(5, 6));
    assertThat(stat("old/a/b").permissions()).isEqualTo(0755);
    assertThat(stat("old/a").mtime().seconds()).isEqualTo(3);
    assertThat(stat("old").owner()).isEqualTo(Owner.ROOT);
    apply(new FileAction.MkDir("/old/a/b", 0700, true, Optional.empty(), -1));
    assertThat(stat("old/a/b").permissions()).isEqualTo(0755);
  }

  @Test
  void mkdirWithoutParents() throws IOException {
    apply(new FileAction.MkDir("/one", 0711, false, Optional.empty(), -1));
    apply(new FileAction.MkDir("/one", 0755, false, Optional.empty(), -1));
    assertThat(stat("one").permissions()).isEqualTo(0711);
    assertThatThrownBy(
            () -> apply(new FileAction.MkDir("/no/two", 0755, false, Optional.empty(), -1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/no");
  }

  @Test
  void mkdirOverAFileIsAnError() throws IOException {
    TestTree.make(root, "f");
    assertThatThrownBy(() -> apply(new FileAction.MkDir("/f/x", 0755, true, Optional.empty(), -1)))
        .hasMessageContaining("/f");
  }

  @Test
  void mkfileWritesAndReplacesContent() throws IOException {
    mkfile("/f", 0640, "one", 4_000_000_000L);
    assertThat(root.resolve("f")).hasContent("one");
    assertThat(stat("f").permissions()).isEqualTo(0640);
    assertThat(stat("f").owner()).isEqualTo(new Owner(5, 6));
    assertThat(stat("f").mtime().seconds()).isEqualTo(4);
    mkfile("/f", 0600, "2", -1);
    assertThat(root.resolve("f")).hasContent("2");
  }

  @Test
  void mkfileThroughASymlinkStaysInside() throws IOException {
    Path folder = Files.createTempDirectory("outside");
    Path outside = Files.createFile(folder.resolve("f"));
    TestTree.make(root, "l -> " + outside, folder.toString().substring(1) + "/");
    mkfile("/l", 0644, "inside", -1);
    assertThat(outside).isEmptyFile();
    assertThat(root.resolve(outside.toString().substring(1))).hasContent("inside");
    Files.delete(outside);
    Files.delete(folder);
  }

  @Test
  void symlinksAreMadeAndOwned() throws IOException {
    apply(new FileAction.Symlink("/target/../x", "/l", FIVE_SIX, 9_000_000_000L));
    assertThat(Files.readSymbolicLink(root.resolve("l"))).isEqualTo(Path.of("/target/../x"));
    assertThat(stat("l").owner()).isEqualTo(new Owner(5, 6));
    assertThatThrownBy(() -> apply(new FileAction.Symlink("y", "/l", Optional.empty(), -1)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void rmRemovesTreesAndWildcards() throws IOException {
    Path outside = Files.createTempFile("outside", "");
    TestTree.make(root, "d/x/y", "a1", "a2", "b", "l -> " + outside, "dl -> d");
    apply(new FileAction.Rm("/a*", false, true));
    apply(new FileAction.Rm("/l", false, false));
    apply(new FileAction.Rm("/dl/x", false, false));
    assertThat(root.resolve("d")).isEmptyDirectory();
    apply(new FileAction.Rm("/d", false, false));
    apply(new FileAction.Rm("/nope", true, false));
    assertThatThrownBy(() -> apply(new FileAction.Rm("/nope", false, false)))
        .isInstanceOf(NotFoundInImageException.class)
        .hasMessageContaining("/nope");
    assertThatThrownBy(() -> apply(new FileAction.Rm("/..", false, false)))
        .hasMessageContaining("root");
    assertThat(outside).exists();
    try (var left = Files.list(root)) {
      assertThat(left.map(p -> p.getFileName().toString())).containsExactlyInAnyOrder("b", "dl");
    }
    Files.delete(outside);
  }
}
