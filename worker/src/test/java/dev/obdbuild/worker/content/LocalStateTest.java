package dev.obdbuild.worker.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.testkit.NeedsRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalStateTest {
  @TempDir Path folder;
  @TempDir Path clock;

  @BeforeEach
  void files() throws IOException {
    TestTree.make(folder, "a one", "b two", "d/f three", "l -> a");
  }

  /** As it would be once all changes lie far enough in the past. */
  private String state() throws IOException {
    try (Root root = Root.open(folder)) {
      String state = LocalScan.scan(root, LocalFilter.ALL, Integer.MAX_VALUE).state();
      assertThat(state).isNotNull();
      return String.valueOf(state);
    }
  }

  /** Until the filesystem's clock, which is coarse on old kernels, tells another time. */
  private void passATick() throws IOException {
    Path probe = clock.resolve("probe");
    Object first = null;
    Object now = null;
    while (first == null || first.equals(now)) {
      Files.writeString(probe, "tick");
      now = Files.getAttribute(probe, "unix:ctime");
      first = first == null ? now : first;
    }
  }

  private interface Change {
    void make(Path folder) throws IOException;
  }

  private void seen(Change change) throws IOException {
    String before = state();
    assertThat(state()).isEqualTo(before);
    passATick();
    change.make(folder);
    assertThat(state()).isNotEqualTo(before);
  }

  private void seenInTop(DirChange change) throws IOException {
    seen(
        at -> {
          try (Root root = Root.open(at);
              Dir top = root.dir(RawPath.EMPTY)) {
            change.make(top);
          }
        });
  }

  private interface DirChange {
    void make(Dir top) throws IOException;
  }

  @Test
  void otherContentOfTheSameSizeAndTimeIsSeen() throws IOException {
    seen(
        at -> {
          FileTime time = Files.getLastModifiedTime(at.resolve("a"));
          long inode = (long) Files.getAttribute(at.resolve("a"), "unix:ino");
          Files.writeString(at.resolve("a"), "eno");
          Files.setLastModifiedTime(at.resolve("a"), time);
          assertThat(Files.getAttribute(at.resolve("a"), "unix:ino")).isEqualTo(inode);
        });
  }

  @Test
  void anotherModeIsSeen() throws IOException {
    seen(
        at ->
            Files.setPosixFilePermissions(
                at.resolve("d"), PosixFilePermissions.fromString("rwx------")));
  }

  @Test
  @NeedsRoot
  void anotherOwnerIsSeen() throws IOException {
    seenInTop(top -> top.chown(RawPath.of("b"), new Owner(7, 7)));
  }

  @Test
  void anotherAttributeIsSeen() throws IOException {
    seenInTop(top -> top.setXattr(RawPath.of("b"), "user.x", new byte[] {1}));
  }

  @Test
  void aNewFileIsSeen() throws IOException {
    seen(at -> Files.writeString(at.resolve("d/g"), "new"));
  }

  @Test
  void aMissingFileIsSeen() throws IOException {
    seen(at -> Files.delete(at.resolve("d/f")));
  }

  @Test
  void anotherNameIsSeen() throws IOException {
    seen(at -> Files.move(at.resolve("d/f"), at.resolve("d/g")));
  }

  @Test
  void filesThatChangedPlacesAreSeen() throws IOException {
    seen(
        at -> {
          Files.move(at.resolve("a"), at.resolve("c"));
          Files.move(at.resolve("b"), at.resolve("a"));
          Files.move(at.resolve("c"), at.resolve("b"));
        });
  }

  @Test
  void anotherTargetOfASymlinkIsSeen() throws IOException {
    seen(
        at -> {
          Files.delete(at.resolve("l"));
          Files.createSymbolicLink(at.resolve("l"), Path.of("b"));
        });
  }

  @Test
  void aDirectoryInTheFilesPlaceIsSeen() throws IOException {
    seen(
        at -> {
          Files.delete(at.resolve("a"));
          Files.createDirectory(at.resolve("a"));
        });
  }

  @Test
  void aFolderJustWrittenHasNoState() throws IOException {
    try (LocalTree tree = LocalTree.open(folder, LocalFilter.ALL)) {
      assertThat(tree.state()).isNull();
    }
  }
}
