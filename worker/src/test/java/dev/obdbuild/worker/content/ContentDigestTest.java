package dev.obdbuild.worker.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.linux.file.UnixTime;
import dev.obdbuild.oci.image.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ContentDigestTest {
  @TempDir Path folder;
  private final ContentDigest digests = new ContentDigest(DigestCache.NONE, DigestCache.NONE, 2);

  @AfterEach
  void close() {
    digests.close();
  }

  private Digest of(Selection selection) throws IOException {
    try (LocalTree tree = LocalTree.open(folder, LocalFilter.ALL)) {
      return digests.of(tree, selection, n -> {});
    }
  }

  private static Selection wildcard(String src) {
    return new Selection(src, true, true, true, List.of(), List.of(), List.of());
  }

  private static Selection filtered(List<String> in, List<String> out, List<String> required) {
    return new Selection("/", true, true, true, in, out, required);
  }

  private void mode(String name, String mode) throws IOException {
    Files.setPosixFilePermissions(folder.resolve(name), PosixFilePermissions.fromString(mode));
  }

  @Test
  void countsAllButTimes() throws IOException {
    TestTree.make(folder, "d/f text", "d/l -> f");
    Digest first = of(Selection.ALL);
    Files.setLastModifiedTime(folder.resolve("d/f"), FileTime.fromMillis(5000));
    assertThat(of(Selection.ALL)).isEqualTo(first);
    mode("d/f", "rwx------");
    Digest second = of(Selection.ALL);
    assertThat(second).isNotEqualTo(first);
    Files.writeString(folder.resolve("d/f"), "tex!");
    Digest third = of(Selection.ALL);
    assertThat(third).isNotEqualTo(second);
    Files.move(folder.resolve("d/f"), folder.resolve("d/g"));
    Digest fourth = of(Selection.ALL);
    assertThat(fourth).isNotEqualTo(third);
    Files.delete(folder.resolve("d/l"));
    TestTree.make(folder, "d/l -> g");
    assertThat(of(Selection.ALL)).isNotEqualTo(fourth);
  }

  @Test
  void onlyWhatIsSelectedCounts() throws IOException {
    TestTree.make(folder, "a x", "b y", "c/d z");
    Digest a = of(Selection.path("/a"));
    Digest c = of(wildcard("/c"));
    Files.writeString(folder.resolve("b"), "changed");
    assertThat(of(Selection.path("/a"))).isEqualTo(a);
    mode("c", "rwx------");
    assertThat(of(wildcard("/c"))).isEqualTo(c);
    assertThat(of(Selection.path("/c"))).isNotEqualTo(c);
  }

  @Test
  void aMissingPathIsAnErrorInBuildKitsWords() {
    assertThatThrownBy(() -> of(Selection.path("/nofile")))
        .isInstanceOf(ContentNotFoundException.class)
        .hasMessage("\"/nofile\": not found");
    assertThatThrownBy(() -> of(wildcard("nofile"))).hasMessage("\"/nofile\": not found");
  }

  @Test
  void aRequiredPathIsWhatIsMissingHoweverLittleOfTheSourceIsThere() throws IOException {
    Selection below =
        new Selection("/a", true, true, true, List.of("n"), List.of(), List.of("/a/n"));
    assertThatThrownBy(() -> of(below)).hasMessage("\"/a/n\": not found");
    TestTree.make(folder, "a/f x");
    assertThatThrownBy(() -> of(below)).hasMessage("\"/a/n\": not found");
    Selection blank = new Selection("/a", true, true, true, List.of(""), List.of(), List.of("/a"));
    assertThatThrownBy(() -> of(blank)).hasMessage("\"/a\": not found");
  }

  @Test
  void aWildcardThatMatchesNothingIsNoError() throws IOException {
    TestTree.make(folder, "a.txt x");
    assertThat(of(wildcard("/*.md")))
        .isEqualTo(of(wildcard("/*.rst")))
        .isNotEqualTo(of(wildcard("/*.txt")));
  }

  @Test
  void aWildcardBelowAMissingDirectoryIsAnError() {
    assertThatThrownBy(() -> of(wildcard("/nodir/*.txt"))).hasMessage("\"/nodir\": not found");
  }

  @Test
  void wildcardsCountNames() throws IOException {
    TestTree.make(folder, "d1/a x", "d2/a x");
    assertThat(of(wildcard("/d[1]/a"))).isEqualTo(of(wildcard("/d[2]/a")));
    assertThat(of(wildcard("/d?"))).isNotEqualTo(of(wildcard("/d[1]")));
  }

  @Test
  void symlinksAreFollowedToWhatTheyName() throws IOException {
    TestTree.make(folder, "real/f x", "link -> real", "f1 -> real/f", "same x");
    assertThat(of(Selection.path("/link"))).isEqualTo(of(Selection.path("/real")));
    assertThat(of(Selection.path("/f1"))).isEqualTo(of(Selection.path("/same")));
  }

  @Test
  void patternsAndRequiredPaths() throws IOException {
    TestTree.make(folder, "app/sub/b.txt x", "app/c.md y");
    Digest only = of(filtered(List.of("app/sub/b.txt"), List.of(), List.of("/app/sub/b.txt")));
    Files.writeString(folder.resolve("app/c.md"), "other");
    assertThat(of(filtered(List.of("app/sub/b.txt"), List.of(), List.of()))).isEqualTo(only);
    assertThat(of(filtered(List.of(), List.of("**/*.md"), List.of()))).isEqualTo(only);
    assertThatThrownBy(() -> of(filtered(List.of("app/nope"), List.of(), List.of("/app/nope"))))
        .hasMessage("\"/app/nope\": not found");
  }

  @Test
  void theCacheSparesReadingAndSurvives(@TempDir Path state) throws IOException {
    TestTree.make(folder, "f content");
    // Times do not count for a digest, but a file of this very moment is not trusted to the cache.
    Files.setLastModifiedTime(folder.resolve("f"), FileTime.fromMillis(5000));
    try (LocalTree tree = LocalTree.open(folder, LocalFilter.ALL)) {
      DigestCache.Key key =
          DigestCache.Key.of(
              tree, tree.find(dev.obdbuild.linux.file.RawPath.of("f")).orElseThrow());
      byte[] planted = new byte[32];
      planted[31] = 7;
      try (FileDigestCache cache = FileDigestCache.open(state.resolve("x/digests"))) {
        cache.put(key, planted);
      }
      try (FileDigestCache cache = FileDigestCache.open(state.resolve("x/digests"));
          ContentDigest cached = new ContentDigest(cache, cache, 1)) {
        AtomicLong hashed = new AtomicLong();
        assertThat(cache.find(key)).isEqualTo(planted);
        assertThat(cached.of(tree, Selection.ALL, hashed::addAndGet))
            .isNotEqualTo(digests.of(tree, Selection.ALL, n -> {}));
        assertThat(hashed).hasValue(7);
      }
    }
  }

  @Test
  void aFewSmallFilesAreReadRatherThanALargeCache(@TempDir Path state) throws IOException {
    TestTree.make(folder, "f content");
    Files.setLastModifiedTime(folder.resolve("f"), FileTime.fromMillis(5000));
    try (FileDigestCache cache = FileDigestCache.open(state.resolve("digests"))) {
      UnixTime time = new UnixTime(1, 2);
      for (int i = 0; i < 5000; i++) {
        cache.put(new DigestCache.Key("other", 1, i, 2, time, time), new byte[32]);
      }
    }
    try (LocalTree tree = LocalTree.open(folder, LocalFilter.ALL);
        FileDigestCache cache = FileDigestCache.open(state.resolve("digests"));
        ContentDigest cached = new ContentDigest(cache, DigestCache.NONE, 1)) {
      assertThat(cached.of(tree, Selection.ALL, n -> {}))
          .isEqualTo(digests.of(tree, Selection.ALL, n -> {}));
      assertThat(cache.isReady()).isFalse();
      TestTree.make(folder, "g " + "x".repeat(2 << 20));
    }
    try (LocalTree tree = LocalTree.open(folder, LocalFilter.ALL);
        FileDigestCache cache = FileDigestCache.open(state.resolve("digests"));
        ContentDigest cached = new ContentDigest(cache, DigestCache.NONE, 1)) {
      cached.of(tree, Selection.ALL, n -> {});
      assertThat(cache.isReady()).as("2 MiB are looked up").isTrue();
    }
  }
}
