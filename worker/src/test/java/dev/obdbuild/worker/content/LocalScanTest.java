package dev.obdbuild.worker.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Scans by several threads. */
@Timeout(60)
final class LocalScanTest {
  @TempDir Path folder;

  private LocalScan.Found scan(LocalFilter filter) throws IOException {
    try (Root root = Root.open(folder)) {
      return LocalScan.scan(root, filter, Integer.MAX_VALUE);
    }
  }

  private void fill() throws IOException {
    for (int a = 0; a < 8; a++) {
      for (int b = 0; b < 8; b++) {
        Path dir = Files.createDirectories(folder.resolve("d" + a + "/e" + b + "/f"));
        for (int c = 0; c < 5; c++) {
          Files.writeString(dir.resolve("n" + c), a + " " + b + " " + c);
        }
        Files.createSymbolicLink(dir.resolve("l"), Path.of("n" + b));
      }
    }
  }

  /** What is there by one call for each name, against what the scan kept. */
  private static void assertSame(Dir dir, LocalNode node) throws IOException {
    assertThat(node.children().stream().map(LocalNode::name).toList())
        .isEqualTo(dir.list().stream().map(entry -> entry.name()).toList());
    for (LocalNode child : node.children()) {
      assertThat(child.stat().withOwner(Owner.ROOT))
          .isEqualTo(dir.stat(child.name()).withOwner(Owner.ROOT));
      if (child.stat().isSymlink()) {
        assertThat(child.target()).isEqualTo(dir.readlink(child.name()));
      }
      if (child.stat().isDirectory()) {
        try (Dir below = dir.openDir(child.name())) {
          assertSame(below, child);
        }
      }
    }
  }

  @Test
  void eachFileIsAsOneLookAtItTells() throws IOException {
    fill();
    // The first time that a new directory is read counts as its last.
    assertThat(scan(LocalFilter.ALL).folder().isEmpty()).isFalse();
    LocalNode top = scan(LocalFilter.ALL).node();
    try (Root root = Root.open(folder);
        Dir dir = root.dir(RawPath.EMPTY)) {
      assertSame(dir, top);
    }
  }

  @Test
  void theStateIsTheSameWhicheverThreadWasFirst() throws IOException {
    fill();
    String state = scan(LocalFilter.ALL).state();
    assertThat(state).isNotNull();
    for (int i = 0; i < 20; i++) {
      assertThat(scan(LocalFilter.ALL).state()).isEqualTo(state);
    }
  }

  @Test
  void aFilterGivesAStateOfItsOwn() throws IOException {
    fill();
    LocalFilter some = new LocalFilter(List.of(), List.of(), List.of("d3/e4/f/n1"));
    assertThat(scan(some).state()).isNotNull().isNotEqualTo(scan(LocalFilter.ALL).state());
  }

  @Test
  void whatNoPatternReachesIsNotLookedInto() throws IOException {
    fill();
    LocalFilter one = new LocalFilter(List.of(), List.of("d1/e2/f/n3"), List.of());
    LocalNode top = scan(one).node();
    assertThat(top.children()).hasSize(1);
    LocalNode d = top.children().getFirst();
    assertThat(d.name()).isEqualTo(RawPath.of("d1"));
    assertThat(d.children()).hasSize(1);
    LocalNode f = d.children().getFirst().children().getFirst();
    assertThat(f.children().stream().map(LocalNode::name).toList())
        .containsExactly(RawPath.of("n3"));
  }
}
