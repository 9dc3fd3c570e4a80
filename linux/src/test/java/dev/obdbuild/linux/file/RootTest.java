package dev.obdbuild.linux.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RootTest {
  @TempDir Path temp;
  private Path inside;
  private Root root;

  @BeforeEach
  void openRoot() throws IOException {
    inside = Files.createDirectory(temp.resolve("root"));
    Files.writeString(temp.resolve("secret"), "outside");
    root = Root.open(inside);
  }

  @AfterEach
  void closeRoot() throws IOException {
    root.close();
  }

  private static RawPath p(String text) {
    return RawPath.of(text);
  }

  private String read(String path) throws IOException {
    try (OpenFile file = root.read(p(path))) {
      byte[] bytes = new byte[100];
      int n = file.read(java.lang.foreign.MemorySegment.ofArray(bytes));
      return new String(bytes, 0, n, StandardCharsets.UTF_8);
    }
  }

  @Test
  void dotDotStopsAtTheRoot() throws IOException {
    Files.writeString(inside.resolve("secret"), "inside");
    assertThat(read("../../secret")).isEqualTo("inside");
    assertThat(read("/../secret")).isEqualTo("inside");
  }

  @Test
  void relativeSymlinkOutOfTheRootStaysInside() throws IOException {
    Files.createSymbolicLink(inside.resolve("out"), Path.of("../secret"));
    assertThatThrownBy(() -> root.read(p("out")))
        .isInstanceOf(LinuxException.class)
        .hasMessageContaining("/out");
    Files.writeString(inside.resolve("secret"), "inside");
    assertThat(read("out")).isEqualTo("inside");
  }

  @Test
  void absoluteSymlinkStartsAtTheRoot() throws IOException {
    Files.createDirectory(inside.resolve("etc"));
    Files.writeString(inside.resolve("etc/passwd"), "mine");
    Files.createSymbolicLink(inside.resolve("abs"), Path.of("/etc/passwd"));
    assertThat(read("abs")).isEqualTo("mine");
  }

  @Test
  void magicLinksAreRefused() throws IOException {
    try (Root proc = Root.open(Path.of("/proc"))) {
      assertThatThrownBy(() -> proc.dir(p("self/cwd")))
          .isInstanceOfSatisfying(
              LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ELOOP));
    }
  }

  @Test
  void resolveFollowsLinksAndKeepsWhatIsMissing() throws IOException {
    Files.createDirectories(inside.resolve("a/b"));
    Files.createSymbolicLink(inside.resolve("a/b/up"), Path.of("../../c"));
    Files.createSymbolicLink(inside.resolve("c"), Path.of("/x/../y"));
    assertThat(root.resolve(p("/a/b/up/z"), true)).isEqualTo(p("y/z"));
    assertThat(root.resolve(p("a/b/up"), false)).isEqualTo(p("a/b/up"));
    assertThat(root.resolve(p("../../a/./nope/q"), true)).isEqualTo(p("a/nope/q"));
    assertThat(root.resolve(p("/"), true)).isEqualTo(RawPath.EMPTY);
  }

  @Test
  void symlinkLoopsEndInAnError() throws IOException {
    Files.createSymbolicLink(inside.resolve("one"), Path.of("two"));
    Files.createSymbolicLink(inside.resolve("two"), Path.of("one"));
    assertThatThrownBy(() -> root.resolve(p("one/x"), true)).isInstanceOf(LinuxException.class);
    assertThatThrownBy(() -> root.find(p("one/x"), true)).isInstanceOf(LinuxException.class);
  }

  @Test
  void mkdirsFollowsLinksInsideTheRootAndTellsWhatItMade() throws IOException {
    Files.createSymbolicLink(inside.resolve("link"), Path.of("/deep/er"));
    List<String> made = new ArrayList<>();
    RawPath real =
        root.mkdirs(p("/link/x"), 0751, (dir, name) -> made.add(dir.path().child(name).text()));
    assertThat(real).isEqualTo(p("deep/er/x"));
    assertThat(made).containsExactly("deep", "deep/er", "deep/er/x");
    assertThat(root.stat(p("link/x")).permissions()).isEqualTo(0751);
    assertThat(Files.exists(temp.resolve("deep"))).isFalse();
  }

  @Test
  void mkdirsOverAFileIsAnErrorThatNamesIt() throws IOException {
    Files.writeString(inside.resolve("f"), "");
    assertThatThrownBy(() -> root.mkdirs(p("f/g"), 0755)).hasMessageContaining("/f");
  }

  @Test
  void findIsEmptyForMissingAndForPathsThroughFiles() throws IOException {
    Files.writeString(inside.resolve("f"), "");
    assertThat(root.find(p("nope"), true)).isEmpty();
    assertThat(root.find(p("f/below"), true)).isEmpty();
    assertThat(root.find(p("f"), true)).isPresent();
  }
}
