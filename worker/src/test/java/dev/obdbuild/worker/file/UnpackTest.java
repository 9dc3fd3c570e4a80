package dev.obdbuild.worker.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.llb.FileAction;
import dev.obdbuild.llb.FileAction.Copy;
import dev.obdbuild.llb.FileAction.CopyOptions;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.MountedTree;
import dev.obdbuild.worker.content.TestTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ADD unpacks archives, whatever they are called. */
@NeedsRoot
@NeedsTool({"tar", "gzip", "bzip2", "xz", "zstd"})
final class UnpackTest {
  @TempDir Path temp;
  private Path src;
  private Path dst;

  @BeforeEach
  void folders() throws IOException {
    src = Files.createDirectory(temp.resolve("src"));
    dst = Files.createDirectory(temp.resolve("dst"));
  }

  private void add(String from, String to, Optional<FileAction.Owner> owner) throws IOException {
    Copy copy =
        new Copy(
            from,
            to,
            owner,
            -1,
            "",
            -1,
            CopyOptions.CONTEXT.unpacking(true),
            List.of(),
            List.of(),
            List.of());
    try (FileTree tree = MountedTree.open(src, "test")) {
      FileActions.apply(copy, dst, Optional.of(tree));
    }
  }

  private void run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(temp.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  @ParameterizedTest
  @CsvSource({"'',plain", "--gzip,gz", "--bzip2,bz2", "--xz,xz", "--zstd,zst"})
  void everyCompressionByItsContent(String flag, String name) throws Exception {
    TestTree.make(temp, "in/d/f hello", "in/l -> d/f");
    if (flag.isEmpty()) {
      run("tar", "-cf", "src/" + name, "-C", "in", ".");
    } else {
      run("tar", flag, "-cf", "src/" + name, "-C", "in", ".");
    }
    FileAction.Owner owner =
        new FileAction.Owner(Optional.of(new FileAction.ById(9)), Optional.empty());
    add("/" + name, "/to/here", Optional.of(owner));
    assertThat(dst.resolve("to/here/d/f")).hasContent("hello");
    assertThat(Files.getAttribute(dst.resolve("to/here/d/f"), "unix:uid")).isEqualTo(9);
    assertThat(Files.readSymbolicLink(dst.resolve("to/here/l"))).isEqualTo(Path.of("d/f"));
  }

  @Test
  void otherFilesAreCopied() throws Exception {
    TestTree.make(src, "text.tar.gz just text", "empty.tar");
    Files.write(src.resolve("zeros"), new byte[4096]);
    run("gzip", "-k", "src/text.tar.gz", "-c");
    Files.write(src.resolve("text.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0, 1, 2, 3});
    add("/*", "/all/", Optional.empty());
    for (String name : List.of("text.tar.gz", "empty.tar", "zeros", "text.gz")) {
      assertThat(dst.resolve("all/" + name)).hasSameBinaryContentAs(src.resolve(name));
    }
  }

  @Test
  void archivesCannotLeaveTheDestination() throws Exception {
    TestTree.make(temp, "in/up -> ../..", "in/up2 -> /");
    run("tar", "-cf", "src/a.tar", "-C", "in", ".");
    TestTree.make(temp, "evil/up/escaped x", "evil/up2/escaped2 x");
    run("tar", "-rf", "src/a.tar", "-C", "evil", "up/escaped", "up2/escaped2");
    run("tar", "-rf", "src/a.tar", "-P", "--transform", "s,.*,../../dotdot,", "evil/up/escaped");
    add("/a.tar", "/in/", Optional.empty());
    assertThat(dst.resolve("in/escaped")).hasContent("x");
    assertThat(dst.resolve("in/escaped2")).hasContent("x");
    assertThat(dst.resolve("in/dotdot")).hasContent("x");
    try (var top = Files.list(dst)) {
      assertThat(top).hasSize(1);
    }
  }
}
