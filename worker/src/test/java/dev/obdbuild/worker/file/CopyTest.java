package dev.obdbuild.worker.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.llb.FileAction;
import dev.obdbuild.llb.FileAction.Copy;
import dev.obdbuild.llb.FileAction.CopyOptions;
import dev.obdbuild.llb.Op;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.MountedTree;
import dev.obdbuild.worker.content.TestTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** COPY, as BuildKit does it. */
@NeedsRoot
final class CopyTest {
  @TempDir Path temp;
  private Path src;
  private Path dst;

  @BeforeEach
  void folders() throws IOException {
    src = Files.createDirectory(temp.resolve("src"));
    dst = Files.createDirectory(temp.resolve("dst"));
  }

  private static Copy action(String from, String to) {
    return Copy.of(from, to, CopyOptions.CONTEXT);
  }

  private static Copy with(Copy c, Optional<FileAction.Owner> owner, int mode, String text) {
    return new Copy(
        c.src(),
        c.dest(),
        owner,
        mode,
        text,
        c.timestamp(),
        c.options(),
        List.of(),
        List.of(),
        List.of());
  }

  private static Copy filtered(Copy c, List<String> in, List<String> out) {
    return new Copy(c.src(), c.dest(), c.owner(), -1, "", -1, c.options(), in, out, List.of());
  }

  private void copy(String from, String to) throws IOException {
    copy(from, to, UnaryOperator.identity());
  }

  private void copy(String from, String to, UnaryOperator<Copy> change) throws IOException {
    try (FileTree tree = MountedTree.open(src, "test")) {
      FileActions.apply(change.apply(action(from, to)), dst, Optional.of(tree));
    }
  }

  private Stat stat(String path) throws IOException {
    try (Root root = Root.open(dst)) {
      return root.lstat(RawPath.of(path));
    }
  }

  private void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  @Test
  void aTrailingSlashMeansADirectory() throws IOException {
    TestTree.make(src, "f x");
    copy("/f", "/a/b/");
    copy("/f", "/c/d");
    copy("/f", "/e/.");
    assertThat(dst.resolve("a/b/f")).hasContent("x");
    assertThat(dst.resolve("c/d")).hasContent("x");
    assertThat(dst.resolve("e/f")).hasContent("x");
    assertThat(stat("a").permissions()).isEqualTo(0755);
  }

  @Test
  void aDirectoryGivesItsContents() throws IOException {
    TestTree.make(src, "d/f x", "d/sub/g y", "d/empty/");
    mode(src.resolve("d"), "rwx------");
    mode(src.resolve("d/sub"), "rwx--x---");
    Files.setLastModifiedTime(src.resolve("d"), FileTime.fromMillis(5_000));
    Files.setLastModifiedTime(src.resolve("d/sub"), FileTime.fromMillis(6_000));
    copy("/d", "/new");
    assertThat(dst.resolve("new/f")).hasContent("x");
    assertThat(dst.resolve("new/empty")).isEmptyDirectory();
    assertThat(stat("new").permissions()).as("made for the copy, not copied").isEqualTo(0755);
    assertThat(stat("new").mtime().seconds()).isEqualTo(5);
    assertThat(stat("new/sub").permissions()).isEqualTo(0710);
    assertThat(stat("new/sub").mtime().seconds()).isEqualTo(6);
  }

  @Test
  void existingDirectoriesAreFilledAndTakeTheSourcesAttributesBelowTheTop() throws IOException {
    TestTree.make(src, "d/sub/g new");
    TestTree.make(dst, "t/old", "t/sub/old", "t/sub/g old");
    mode(src.resolve("d/sub"), "rwx------");
    mode(dst.resolve("t"), "rwxrwxrwx");
    copy("/d", "/t");
    assertThat(stat("t").permissions()).isEqualTo(0777);
    assertThat(stat("t/sub").permissions()).isEqualTo(0700);
    assertThat(dst.resolve("t/sub/g")).hasContent("new");
    assertThat(dst.resolve("t/sub/old")).exists();
  }

  @Test
  void aDirectoryDoesNotReplaceAFileNorAFileADirectory() throws IOException {
    TestTree.make(src, "d/x/y 1", "f/x 2");
    TestTree.make(dst, "file", "t/x", "u/x/");
    assertThatThrownBy(() -> copy("/d", "/file")).hasMessage("cannot copy to non-directory: /file");
    assertThatThrownBy(() -> copy("/d", "/t")).hasMessage("cannot copy to non-directory: /t/x");
    assertThatThrownBy(() -> copy("/f", "/u"))
        .hasMessage("cannot replace to directory /u/x with file");
  }

  @Test
  void theOptionToReplaceDoes() throws IOException {
    CopyOptions replace = new CopyOptions(true, true, false, true, true, true, true);
    UnaryOperator<Copy> change = c -> Copy.of(c.src(), c.dest(), replace);
    TestTree.make(src, "d/x/y 1", "f/x 2");
    TestTree.make(dst, "t/x -> /elsewhere", "u/x/deep");
    copy("/d", "/t", change);
    copy("/f", "/u", change);
    assertThat(dst.resolve("t/x/y")).hasContent("1");
    assertThat(dst.resolve("u/x")).hasContent("2");
  }

  @Test
  void symlinksInTheDestinationAreFollowedInside() throws IOException {
    TestTree.make(src, "f x", "d/g y");
    TestTree.make(dst, "real/", "link -> real", "out -> /../../outside", "file -> real/target");
    copy("/f", "/link/");
    copy("/d", "/link");
    copy("/f", "/out/deep/");
    copy("/f", "/file");
    assertThat(dst.resolve("real/f")).hasContent("x");
    assertThat(dst.resolve("real/g")).hasContent("y");
    assertThat(dst.resolve("outside/deep/f")).hasContent("x");
    assertThat(dst.resolve("real/target")).hasContent("x");
    assertThat(temp.resolve("outside")).doesNotExist();
  }

  @Test
  void symlinksInTheSourceAreFollowedWhenNamedAndKeptWhenFound() throws IOException {
    TestTree.make(
        src,
        "real/f x",
        "real/l -> f",
        "dl -> real",
        "fl -> real/f",
        "esc -> ../../../../etc/hostname");
    copy("/fl", "/one");
    copy("/dl", "/two");
    assertThat(stat("one").type()).isEqualTo(FileType.REGULAR);
    assertThat(dst.resolve("two/f")).hasContent("x");
    assertThat(Files.readSymbolicLink(dst.resolve("two/l"))).isEqualTo(Path.of("f"));
    assertThatThrownBy(() -> copy("/esc", "/three")).hasMessageContaining("no such file");
    assertThat(dst.resolve("three")).doesNotExist();
  }

  @Test
  void wildcards() throws IOException {
    TestTree.make(src, "a.txt 1", "b.txt 2", "c.md 3", "dir.txt/in 4", "sub/x.txt 5");
    copy("/*.txt", "/t/");
    assertThat(dst.resolve("t")).isDirectoryContaining(p -> p.endsWith("in"));
    try (var list = Files.list(dst.resolve("t"))) {
      assertThat(list.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("a.txt", "b.txt", "in");
    }
    copy("/*/x.txt", "/u/");
    assertThat(dst.resolve("u/x.txt")).hasContent("5");
    copy("/*.none", "/nothing/");
    assertThat(dst.resolve("nothing")).doesNotExist();
    copy("/?.txt", "/last");
    assertThat(dst.resolve("last")).hasContent("2");
  }

  @Test
  void aMissingFileIsAnError() {
    assertThatThrownBy(() -> copy("/nope", "/x"))
        .hasMessageContaining("/nope")
        .hasMessageContaining("no such file");
  }

  @Test
  void excludedFilesStayBehindAndParentsComeWhenNeeded() throws IOException {
    TestTree.make(src, "p/a/keep.txt k", "p/a/drop.log", "p/b/only.log", "p/c/d/deep.txt");
    mode(src.resolve("p/a"), "rwx------");
    Files.setLastModifiedTime(src.resolve("p/a"), FileTime.fromMillis(9_000));
    copy("/p", "/out", c -> filtered(c, List.of(), List.of("**/*.log")));
    assertThat(dst.resolve("out/a/keep.txt")).exists();
    assertThat(dst.resolve("out/a/drop.log")).doesNotExist();
    assertThat(dst.resolve("out/b")).isEmptyDirectory();
    copy("/p", "/inc", c -> filtered(c, List.of("a/keep.txt", "c/*/deep.txt"), List.of()));
    assertThat(dst.resolve("inc/c/d/deep.txt")).exists();
    assertThat(dst.resolve("inc/b")).doesNotExist();
    assertThat(stat("inc/a").permissions()).isEqualTo(0700);
    assertThat(stat("inc/a").mtime().seconds()).isEqualTo(9);
  }

  private static Optional<FileAction.Owner> names(String user, String group) {
    return Optional.of(
        new FileAction.Owner(
            Optional.of(new FileAction.ByName(user, 0)),
            group.isEmpty() ? Optional.empty() : Optional.of(new FileAction.ByName(group, 0))));
  }

  @Test
  void ownersByNameComeFromTheDestination() throws IOException {
    TestTree.make(src, "d/f x");
    TestTree.make(
        dst,
        "etc/real root:x:0:0::/:\nbin:x:2:3::/bin:/bin/sh\n",
        "etc/passwd -> /etc/real",
        "etc/group");
    Files.writeString(dst.resolve("etc/group"), "wheel:x:77:\n");
    copy("/d", "/a/new", c -> with(c, names("bin", ""), -1, ""));
    assertThat(stat("a/new/f").owner()).isEqualTo(new Owner(2, 3));
    assertThat(stat("a").owner()).isEqualTo(new Owner(2, 3));
    copy("/d/f", "/b", c -> with(c, names("bin", "wheel"), -1, ""));
    assertThat(stat("b").owner()).isEqualTo(new Owner(2, 77));
    copy("/d/f", "/c", c -> with(c, names("nobody", "nogroup"), -1, ""));
    assertThat(stat("c").owner()).isEqualTo(Owner.ROOT);
    copy("/d/f", "/h", c -> with(c, names("bin", "nogroup"), -1, ""));
    assertThat(stat("h").owner()).isEqualTo(new Owner(2, 3));
    Optional<FileAction.Owner> number =
        Optional.of(new FileAction.Owner(Optional.of(new FileAction.ById(55)), Optional.empty()));
    copy("/d/f", "/e", c -> with(c, number, -1, ""));
    assertThat(stat("e").owner()).isEqualTo(new Owner(55, 55));
  }

  @Test
  void theNumberThatChangesNothingIsRootOfANewFile() throws IOException {
    TestTree.make(src, "f x");
    Optional<FileAction.Owner> unchanged =
        Optional.of(
            new FileAction.Owner(Optional.of(new FileAction.ById(0xFFFF_FFFFL)), Optional.empty()));
    copy("/f", "/g", c -> with(c, unchanged, -1, ""));
    assertThat(stat("g").owner()).isEqualTo(Owner.ROOT);
  }

  @Test
  void anEmptyStageHasNoNames() throws IOException {
    TestTree.make(src, "f x");
    Optional<FileAction.Owner> owner =
        Optional.of(
            new FileAction.Owner(
                Optional.of(new FileAction.ByName("bin", Op.NONE)), Optional.empty()));
    assertThatThrownBy(() -> copy("/f", "/g", c -> with(c, owner, -1, "")))
        .hasMessageStartingWith("invalid user index: -1");
  }

  @Test
  void modesAreSetOnFilesAndDirectories() throws IOException {
    TestTree.make(src, "d/sub/f x");
    copy("/d", "/o", c -> with(c, Optional.empty(), 04711, ""));
    assertThat(stat("o/sub").permissions()).isEqualTo(04711);
    assertThat(stat("o/sub/f").permissions()).isEqualTo(04711);
    assertThat(stat("o").permissions()).isEqualTo(0711);
    copy("/d", "/s", c -> with(c, Optional.empty(), -1, "u=rwX,go=rX"));
    assertThat(stat("s/sub").permissions()).isEqualTo(0755);
    assertThat(stat("s/sub/f").permissions()).isEqualTo(0644);
  }

  @Test
  void hardLinksTimesAttributesAndSpecialFilesSurvive() throws Exception {
    TestTree.make(src, "d/a x", "d/l -> a");
    Files.createLink(src.resolve("d/b"), src.resolve("d/a"));
    Files.setLastModifiedTime(src.resolve("d/a"), FileTime.fromMillis(123_456));
    try (Root root = Root.open(src);
        dev.obdbuild.linux.file.Dir d = root.dir(RawPath.of("d"))) {
      d.setXattr(RawPath.of("a"), "user.k", new byte[] {0, 1});
      d.mknod(RawPath.of("fifo"), FileType.FIFO, 0640, 0, 0);
      d.mknod(RawPath.of("dev"), FileType.CHARACTER, 0600, 1, 3);
      d.mknod(RawPath.of("sock"), FileType.SOCKET, 0600, 0, 0);
      d.chown(RawPath.of("a"), new Owner(4, 5));
      d.chmod(RawPath.of("a"), 06755);
    }
    copy("/d", "/t");
    assertThat(stat("t/a").inode()).isEqualTo(stat("t/b").inode());
    assertThat(stat("t/a").mtime().seconds()).isEqualTo(123);
    assertThat(stat("t/a").owner()).isEqualTo(new Owner(4, 5));
    assertThat(stat("t/a").permissions()).isEqualTo(06755);
    assertThat(stat("t/fifo").type()).isEqualTo(FileType.FIFO);
    assertThat(stat("t/dev").rdevMinor()).isEqualTo(3);
    assertThat(stat("t/sock").type()).isEqualTo(FileType.SOCKET);
    try (Root root = Root.open(dst)) {
      assertThat(root.xattrs(RawPath.of("t/a")).get("user.k")).isEqualTo(new byte[] {0, 1});
    }
  }

  @Test
  void aTimestampIsGivenToAllThatIsMade() throws IOException {
    TestTree.make(src, "d/f x");
    copy(
        "/d",
        "/a/b",
        c ->
            new Copy(
                c.src(),
                c.dest(),
                c.owner(),
                -1,
                "",
                7_000_000_008L,
                c.options(),
                List.of(),
                List.of(),
                List.of()));
    for (String path : List.of("a", "a/b", "a/b/f")) {
      assertThat(stat(path).mtime()).as(path).isEqualTo(new dev.obdbuild.linux.file.UnixTime(7, 8));
    }
  }

  @Test
  void theWholeSourceCanBeCopiedToTheRoot() throws IOException {
    TestTree.make(src, "f x", "usr/bin/p y");
    TestTree.make(dst, "usr/lib/z");
    copy("/", "/");
    assertThat(dst.resolve("f")).hasContent("x");
    assertThat(dst.resolve("usr/bin/p")).hasContent("y");
    assertThat(dst.resolve("usr/lib/z")).exists();
  }

  @Test
  void withoutCreatingTheParentMustExist() {
    assertThatThrownBy(
            () -> copy("/f", "/no/such/f", c -> Copy.of(c.src(), c.dest(), CopyOptions.NONE)))
        .hasMessageContaining("failed to stat /no/such/f");
  }
}
