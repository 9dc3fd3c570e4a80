package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.daemon.Client.Ended;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a build borrows from its client: secrets and keys; none of it stays in the daemon. */
@NeedsTool({
  "buildctl",
  "buildx",
  "crun",
  "busybox",
  "docker-registry",
  "skopeo",
  "ssh-agent",
  "ssh-add",
  "ssh-keygen"
})
final class BorrowedTest extends DaemonTest {

  private static final String WORD = "xyzzy-plugh-8712";

  @Test
  void secretsComeFromFilesAndVariablesAndStayNowhere() throws Exception {
    Path file = Files.writeString(temp.resolve("secret"), WORD + "-file");
    Path context =
        it.context(
            """
            FROM BASE
            RUN --mount=type=secret,id=file [ "$(wc -c < /run/secrets/file)" = 21 ] && echo file is there
            RUN --mount=type=secret,id=env,env=TOKEN [ "${#TOKEN}" = 20 ] && echo variable is there
            RUN [ ! -e /run/secrets/file ] && [ -z "$TOKEN" ] && echo both are gone
            """);

    Ended buildctl =
        it.client()
            .with("SECRET_WORD", WORD + "-env")
            .run(
                it.buildCommand(
                    context,
                    "--secret=id=file,src=" + file,
                    "--secret=id=env,env=SECRET_WORD",
                    push("secret/app:1")))
            .ok();

    assertThat(buildctl.err())
        .contains("file is there")
        .contains("variable is there")
        .contains("both are gone");
    assertThat(buildctl.err()).doesNotContain(WORD);
    assertThat(it.daemon().log()).doesNotContain(WORD);
    assertThat(filesWith(it.root(), WORD)).isEmpty();
  }

  @Test
  void aSecretThatIsNotGivenFailsItsStep() throws Exception {
    Path context =
        it.context("FROM BASE\nRUN --mount=type=secret,id=none,required cat /etc/passwd\n");

    assertThat(it.build(context).failure()).contains("none");
  }

  @Test
  void stepsAskTheClientsSshAgent() throws Exception {
    Path key = temp.resolve("key");
    it.client()
        .run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lent-key", "-f", key.toString())
        .ok();
    Path context = it.context("FROM BASE\nCOPY tool /\nRUN --mount=type=ssh ssh-add -l\n");
    // The host's program with its libraries: the base has none.
    it.client()
        .run(
            "sh",
            "-c",
            """
            set -e
            mkdir -p "$0/tool/bin"
            cp -L "$(command -v ssh-add)" "$0/tool/bin/"
            for library in $(ldd "$0/tool/bin/ssh-add" | grep -o '/[^ ]*'); do
              mkdir -p "$0/tool$(dirname "$library")"
              cp -L "$library" "$0/tool$library"
            done
            """,
            context.toString())
        .ok();

    Ended ended =
        it.client()
            .run(
                "ssh-agent",
                "sh",
                "-c",
                "ssh-add -q \"$0\" && exec \"$@\"",
                key.toString(),
                "buildctl",
                "build",
                "--progress=plain",
                "--frontend=dockerfile.v0",
                "--local=context=" + context,
                "--local=dockerfile=" + context,
                "--ssh=default")
            .ok();

    assertThat(ended.err()).contains("lent-key (ED25519)");
  }

  private static List<Path> filesWith(Path folder, String word) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && holds(file, word)) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            return goneMeanwhile(e);
          }

          @Override
          public FileVisitResult postVisitDirectory(Path entered, @Nullable IOException e)
              throws IOException {
            return e == null ? FileVisitResult.CONTINUE : goneMeanwhile(e);
          }
        });
    return found;
  }

  /** The daemon tidies up behind a build that is over. */
  private static FileVisitResult goneMeanwhile(IOException e) throws IOException {
    if (e instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw e;
  }

  private static boolean holds(Path file, String word) {
    try {
      return Files.size(file) < 64 << 20
          && new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(word);
    } catch (IOException e) {
      return false; // gone meanwhile
    }
  }
}
