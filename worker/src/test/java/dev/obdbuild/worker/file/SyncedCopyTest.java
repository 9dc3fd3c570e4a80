package dev.obdbuild.worker.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.linux.file.UnixTime;
import dev.obdbuild.llb.FileAction.Copy;
import dev.obdbuild.llb.FileAction.CopyOptions;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.worker.content.SyncedTree;
import dev.obdbuild.worker.content.SyncedTree.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * COPY out of a folder of another machine: what was told of a file counts, wherever its bytes are.
 */
@NeedsRoot
final class SyncedCopyTest {
  private static final UnixTime TIME = new UnixTime(1_000_000_000, 7);

  @TempDir Path temp;

  private static Entry entry(
      String path, SyncedTree.Content content, long size, long inode, int links) {
    Stat stat =
        new Stat(
            FileType.REGULAR,
            0640,
            new Owner(12, 34),
            size,
            TIME,
            TIME,
            TIME,
            TIME,
            0,
            inode,
            links,
            0,
            0,
            (size + 511) / 512);
    Map<String, byte[]> xattrs = Map.of("user.told", path.getBytes(StandardCharsets.UTF_8));
    return new Entry(RawPath.of(path), stat, null, xattrs, content, new byte[32]);
  }

  private static byte @Nullable [] xattr(Path file) throws IOException {
    try (OpenFile open = OpenFile.read(file)) {
      return open.xattrs().get("user.told");
    }
  }

  @Test
  void smallContentsAreReadFromWhereTheyLieTogether() throws IOException {
    Path shared = Files.writeString(temp.resolve("shared"), "one\0three");
    Path alone = Files.writeString(temp.resolve("alone"), "a file of its own");
    Path image = Files.createDirectory(temp.resolve("image"));
    AtomicInteger walks = new AtomicInteger();
    List<Entry> entries =
        List.of(
            entry("a", new SyncedTree.Shared(shared, 4, 5), 5, 2, 2),
            entry("b", new SyncedTree.Shared(shared, 0, 3), 3, 3, 1),
            entry("c", new SyncedTree.Shared(shared, 3, 0), 0, 4, 1),
            entry("d", new SyncedTree.Alone(alone), 17, 5, 1),
            entry("e", new SyncedTree.Shared(shared, 4, 5), 5, 2, 2));
    try (SyncedTree tree =
        new SyncedTree(
            () -> {
              walks.incrementAndGet();
              return entries;
            },
            "scope",
            "state",
            () -> {})) {
      assertThat(walks).hasValue(0);
      Copy all = Copy.of("/", "/", CopyOptions.CONTEXT);
      assertThat(FileActions.apply(all, image, Optional.of(tree))).isEmpty();
      assertThat(walks).hasValue(1);
      try (OpenFile opened = tree.read(RawPath.of("b"))) {
        assertThat(opened.stat().size()).isEqualTo(3);
      }
    }
    assertThat(image.resolve("a")).hasContent("three");
    assertThat(image.resolve("b")).hasContent("one");
    assertThat(image.resolve("c")).isEmptyFile();
    assertThat(image.resolve("d")).hasContent("a file of its own");
    assertThat(Files.getAttribute(image.resolve("a"), "unix:ino"))
        .isEqualTo(Files.getAttribute(image.resolve("e"), "unix:ino"));
    for (String name : List.of("a", "b", "c", "d")) {
      assertThat(xattr(image.resolve(name))).asString().isEqualTo(name);
      assertThat(Files.getAttribute(image.resolve(name), "unix:uid")).isEqualTo(12);
    }
  }
}
