package dev.obdbuild.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.obdbuild.llb.Node;
import dev.obdbuild.solver.CancellationSource;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.worker.BuildFixture.Built;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trees of repositories that git's own server serves. */
@NeedsRoot
@NeedsDevice
@NeedsTool({"mke2fs", "git", "setsid"})
@Timeout(180)
final class GitSourceTest {

  @TempDir Path folder;
  private TestRegistry registry;
  private BuildFixture builder;
  private GitServer server;
  private String first = "";

  @BeforeEach
  void open() throws Exception {
    registry = TestRegistry.start();
    builder = new BuildFixture(folder, registry, "unused");
    server = new GitServer(folder.resolve("served"));
    server.git("repo", "init", "--quiet", "-b", "trunk");
    server.commit("repo", "dir/deep/file", "deep\n");
    first = server.commit("repo", "top", "one\n");
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    try (TestRegistry closing = registry) {
      builder.close();
    }
  }

  private Node.Out git(String fragment, String... attrs) {
    Map<String, String> all = new HashMap<>();
    all.put("git.fullurl", server.url("repo"));
    for (int i = 0; i < attrs.length; i += 2) {
      all.put(attrs[i], attrs[i + 1]);
    }
    return BuildFixture.source("git://" + server.host() + "/repo" + fragment, all);
  }

  private void leavesNothingBehind() throws IOException {
    try (Stream<Path> temporary = Files.walk(builder.snapshots.paths().temps())) {
      assertThat(temporary.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void theDefaultBranchIsTakenAndFollowed() throws Exception {
    try (Built built = builder.build(git(""))) {
      assertThat(built.names("")).containsExactly("dir", "top");
      assertThat(built.text("top")).isEqualTo("one\n");
      assertThat(built.stat("top")).startsWith("644 0:0 ");
    }
    // What is not there yet, or need not be there, is no news.
    assertThat(builder.log.toString()).doesNotContain("fatal:");
    server.requests.clear();
    builder.build(git("")).close();
    // The second time the remote is only asked what its refs stand for.
    assertThat(server.requests).allMatch(path -> !path.endsWith("receive-pack"));
    assertThat(builder.cached).hasSize(1);
    server.commit("repo", "top", "two\n");
    try (Built built = builder.build(git("#trunk"))) {
      assertThat(built.text("top")).isEqualTo("two\n");
    }
    try (Built built = builder.build(git("#" + first))) {
      assertThat(built.text("top")).isEqualTo("one\n");
    }
    leavesNothingBehind();
  }

  @Test
  void aRepositoryAroundTheBuildersFoldersIsNotAsked() throws Exception {
    Path around = folder.resolve("root/.git");
    Files.createDirectories(around.resolve("objects"));
    Files.createDirectories(around.resolve("refs"));
    Files.writeString(around.resolve("HEAD"), "ref: refs/heads/trunk\n");
    Files.writeString(around.resolve("config"), "[remote \"origin\"]\n\turl = /nowhere\n");
    try (Built built = builder.build(git("#trunk"))) {
      assertThat(built.text("top")).isEqualTo("one\n");
    }
  }

  @Test
  void tagsFullRefsAndPlainCommitsAreResolved() throws Exception {
    server.git("repo", "tag", "-a", "-m", "m", "v1");
    String tag = server.git("repo", "rev-parse", "v1");
    server.git("repo", "update-ref", "refs/pull/7/head", first);
    server.commit("repo", "top", "two\n");
    for (String ref : List.of("v1", "refs/tags/v1", "refs/pull/7/head", first)) {
      try (Built built = builder.build(git("#" + ref))) {
        assertThat(built.text("top")).as(ref).isEqualTo("one\n");
      }
    }
    builder.build(git("#v1", "git.checksum", first.substring(0, 12))).close();
    builder.build(git("#v1", "git.checksum", tag)).close();
    assertThatThrownBy(() -> builder.build(git("#trunk", "git.checksum", "0123")))
        .hasMessageContaining("expected checksum to match 0123, got ");
    assertThatThrownBy(() -> builder.build(git("#none")))
        .hasMessageContaining("does not contain ref none")
        .hasMessageContaining(server.url("repo"));
    assertThatThrownBy(() -> builder.build(git("#trunk", "git.checksum", "xyz")))
        .hasMessageContaining("invalid checksum xyz");
    try (Built built =
        builder.build(git("#some/name", "git.fetchbycommit", "true", "git.checksum", first))) {
      assertThat(built.text("top")).isEqualTo("one\n");
    }
  }

  @Test
  void aSubdirectoryIsAllThereIs() throws Exception {
    try (Built built = builder.build(git("#trunk:dir/../dir"))) {
      assertThat(built.names("")).containsExactly("deep");
      assertThat(built.text("deep/file")).isEqualTo("deep\n");
    }
    Files.createSymbolicLink(folder.resolve("served/repo/link"), Path.of("dir"));
    server.commit("repo", "other", "");
    assertThatThrownBy(() -> builder.build(git("#trunk:link")))
        .hasMessageContaining("non-directory \"link\"");
    assertThatThrownBy(() -> builder.build(git("#trunk:no")))
        .hasMessageContaining("invalid subdir no");
    leavesNothingBehind();
  }

  @Test
  void theGitFolderIsKeptWhenAskedFor() throws Exception {
    try (Built built = builder.build(git("#trunk", "git.keepgitdir", "true"))) {
      assertThat(built.text(".git/refs/heads/trunk").strip()).isEqualTo(first);
      assertThat(built.text(".git/config")).contains(server.url("repo"));
      assertThat(built.text(".git/HEAD").strip()).isEqualTo(first);
      assertThat(built.has(".git/hooks")).isFalse();
      assertThat(built.has(".git/FETCH_HEAD")).isFalse();
      assertThat(built.text("top")).isEqualTo("one\n");
    }
  }

  @Test
  void filesHaveTheCommitsTimeWhenAskedFor() throws Exception {
    try (Built built = builder.build(git("", "git.mtime", "commit"))) {
      assertThat(built.stat("top")).isEqualTo("644 0:0 1000000000");
      assertThat(built.stat("dir/deep")).endsWith(" 1000000000");
    }
  }

  @Test
  void submodulesAreFetchedUnlessTheyAreSkipped() throws Exception {
    server.git("sub", "init", "--quiet", "-b", "trunk");
    server.commit("sub", "inside", "inside\n");
    server.git("repo", "submodule", "--quiet", "add", "../sub", "module");
    server.commit("repo", "more", "");
    try (Built built = builder.build(git("#trunk"))) {
      assertThat(built.text("module/inside")).isEqualTo("inside\n");
      assertThat(built.names("module")).containsExactly("inside");
    }
    try (Built built = builder.build(git("#trunk", "git.skipsubmodules", "true"))) {
      assertThat(built.names("module")).isEmpty();
    }
    try (Built built = builder.build(git("#trunk", "git.keepgitdir", "true"))) {
      assertThat(built.text("module/inside")).isEqualTo("inside\n");
      assertThat(built.text("module/.git")).contains("gitdir: ../.git/modules/module");
    }
  }

  @Test
  void aSubmoduleOnTheHostsDiskIsRefused() throws Exception {
    server.git("sub", "init", "--quiet", "-b", "trunk");
    server.commit("sub", "inside", "inside\n");
    String onDisk = folder.resolve("served/sub").toString();
    server.git("repo", "submodule", "--quiet", "add", onDisk, "module");
    server.commit("repo", "more", "");
    assertThatThrownBy(() -> builder.build(git("#trunk")))
        .hasMessageContaining("failed to update submodules")
        .hasMessageContaining("transport 'file' not allowed");
  }

  @Test
  void secretsAreSentAndShownNowhere() throws Exception {
    String basic =
        "basic "
            + Base64.getEncoder()
                .encodeToString("x-access-token:s3cret".getBytes(StandardCharsets.UTF_8));
    server.authorization = Optional.of(basic);
    String[] attrs = {"git.authtokensecret", "GIT_AUTH_TOKEN"};
    assertThatThrownBy(() -> builder.build(git("", attrs)))
        .hasMessageContaining("failed to fetch remote " + server.url("repo"));
    builder.secrets =
        id ->
            id.equals("GIT_AUTH_TOKEN." + server.host())
                ? Optional.of("s3cret\n".getBytes(StandardCharsets.UTF_8))
                : Optional.empty();
    try (Built built = builder.build(git("", attrs))) {
      assertThat(built.text("top")).isEqualTo("one\n");
    }
    assertThat(builder.log.toString()).doesNotContain("s3cret").doesNotContain(basic);
    try (Stream<Path> kept = Files.walk(builder.snapshots.paths().gitRepositories())) {
      assertThat(kept.filter(Files::isRegularFile).filter(file -> holds(file, basic))).isEmpty();
    }
  }

  @Test
  void aSecretCanBeTheWholeHeader() throws Exception {
    server.authorization = Optional.of("Bearer s3cret");
    builder.secrets =
        id ->
            id.equals("HEADER")
                ? Optional.of("Bearer s3cret".getBytes(StandardCharsets.UTF_8))
                : Optional.empty();
    try (Built built = builder.build(git("", "git.authheadersecret", "HEADER"))) {
      assertThat(built.text("top")).isEqualTo("one\n");
    }
    assertThat(builder.log.toString()).doesNotContain("s3cret");
  }

  private static boolean holds(Path file, String text) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void repositoriesWithLongNamesWork() throws Exception {
    server.git("long", "init", "--quiet", "--object-format=sha256", "-b", "trunk");
    String commit = server.commit("long", "f", "long\n");
    assertThat(commit).hasSize(64);
    String[] attrs = {"git.fullurl", server.url("long")};
    try (Built built = builder.build(git("#trunk", attrs))) {
      assertThat(built.text("f")).isEqualTo("long\n");
    }
    try (Built built =
        builder.build(
            git("#" + commit, "git.fullurl", server.url("long"), "git.keepgitdir", "true"))) {
      assertThat(built.text(".git/config")).contains("sha256");
    }
  }

  @Test
  void whatIsNoGitUrlIsRefused() {
    assertThatThrownBy(() -> builder.build(git("#--upload-pack=x")))
        .hasMessageContaining("invalid git ref");
    assertThatThrownBy(() -> builder.build(git("", "git.mountsshsock", "default")))
        .hasMessageContaining("no SSH key \"default\" forwarded from the client");
  }

  @Test
  void cancellingEndsAFetchThatHangs() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        CancellationSource source = new CancellationSource()) {
      Node.Out hanging = git("", "git.fullurl", "http://127.0.0.1:" + silent.getLocalPort() + "/r");
      CompletableFuture<Throwable> ended = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> ended.complete(catchThrowable(() -> builder.build(hanging, source))));
      try (Socket client = silent.accept()) {
        assertThat(client.isConnected()).isTrue();
        source.cancel();
        assertThat(ended.get()).isInstanceOf(CancellationException.class);
      }
    }
    leavesNothingBehind();
  }
}
