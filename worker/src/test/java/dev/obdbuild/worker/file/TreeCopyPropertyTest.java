package dev.obdbuild.worker.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.llb.FileAction.Copy;
import dev.obdbuild.llb.FileAction.CopyOptions;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.SplitRandom;
import dev.obdbuild.worker.content.ContentDigest;
import dev.obdbuild.worker.content.DigestCache;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.MountedTree;
import dev.obdbuild.worker.content.RandomTree;
import dev.obdbuild.worker.content.Selection;
import dev.obdbuild.worker.content.TestListing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random trees come out of a copy as they went in, and nothing outside is touched. */
@NeedsRoot
final class TreeCopyPropertyTest {
  @TempDir Path temp;

  /** By descriptor: names and links here are odd enough to make other tools complain at length. */
  @AfterEach
  void clear() throws IOException {
    try (Root root = Root.open(temp);
        Dir top = root.dir(RawPath.EMPTY)) {
      top.removeContents();
    }
  }

  @Test
  void copiesEqualTheirSources() {
    for (int i = 0; i < 25; i++) {
      Path round = temp.resolve("copy" + i);
      SplitRandom.run(random -> copied(round, random));
    }
  }

  private static void copied(Path round, SplittableRandom random) throws IOException {
    Path src = Files.createDirectories(round.resolve("src"));
    Path dst = Files.createDirectories(round.resolve("dst"));
    Path merged = Files.createDirectories(round.resolve("merged"));
    RandomTree.make(src, random);
    Copy copy = Copy.of("/", "/", CopyOptions.CONTEXT);
    try (FileTree tree = MountedTree.open(src, "src");
        FileTree result = MountedTree.open(dst, "dst");
        ContentDigest digests = new ContentDigest(DigestCache.NONE, DigestCache.NONE, 2)) {
      FileActions.apply(copy, dst, Optional.of(tree));
      assertThat(TestListing.of(dst)).isEqualTo(TestListing.of(src));
      assertThat(MergeTree.apply(tree, merged)).isEmpty();
      assertThat(TestListing.of(merged)).isEqualTo(TestListing.of(src));
      Selection all = Selection.of(copy);
      assertThat(digests.of(result, all, n -> {})).isEqualTo(digests.of(tree, all, n -> {}));
    }
  }

  @Test
  void mergingLaysOneTreeOverAnother() {
    for (int i = 0; i < 25; i++) {
      Path round = temp.resolve("merge" + i);
      SplitRandom.run(random -> merged(round, random));
    }
  }

  /** What the upper tree has is there as it is; what it does not touch is as it was. */
  private static void merged(Path round, SplittableRandom random) throws IOException {
    Path upper = Files.createDirectories(round.resolve("upper"));
    Path dst = Files.createDirectories(round.resolve("dst"));
    RandomTree.make(upper, random);
    RandomTree.make(dst, random);
    Map<String, String> before = TestListing.of(dst);
    Map<String, String> wanted = TestListing.of(upper);
    try (FileTree tree = MountedTree.open(upper, "upper")) {
      MergeTree.apply(tree, dst);
    }
    Map<String, String> expected = new TreeMap<>();
    before.forEach(
        (path, line) -> {
          if (!hidden(path, wanted)) {
            expected.put(path, line);
          }
        });
    expected.putAll(wanted);
    assertThat(TestListing.of(dst).keySet()).isEqualTo(expected.keySet());
    Map<String, String> after = TestListing.of(dst);
    wanted.forEach((path, line) -> assertThat(after.get(path)).as(path).isEqualTo(line));
  }

  /**
   * Whether something that is no directory took the place of the path or of a directory above it.
   */
  private static boolean hidden(String path, Map<String, String> upper) {
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      String line = upper.get(path.substring(0, slash));
      if (line != null && !line.startsWith("DIRECTORY")) {
        return true;
      }
    }
    return false;
  }
}
