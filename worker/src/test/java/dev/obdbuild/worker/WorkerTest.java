package dev.obdbuild.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.FileAction;
import dev.obdbuild.llb.FileOp;
import dev.obdbuild.llb.MergeOp;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.Op;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.solver.CancellationSource;
import dev.obdbuild.solver.SolveException;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.worker.BuildFixture.Built;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Graphs carried out on real devices, in real containers. */
@NeedsRoot
@NeedsDevice
@NeedsTool({"crun", "busybox", "mke2fs"})
@Timeout(120)
final class WorkerTest {

  @TempDir Path folder;
  private TestRegistry registry;
  private BuildFixture builder;

  @BeforeEach
  void open() throws IOException {
    registry = TestRegistry.start();
    builder = new BuildFixture(folder, registry, BusyboxBase.putOn(registry));
  }

  @AfterEach
  void close() throws Exception {
    try (TestRegistry closing = registry) {
      builder.close();
    }
  }

  private void context(String name, String content) throws IOException {
    Files.writeString(builder.context.resolve(name), content);
  }

  private Node.Out fileOp(FileAction.Change change, Node.Out... inputs) {
    int input = inputs.length == 0 ? Op.NONE : 0;
    return BuildFixture.node(
        new FileOp(List.of(new FileAction(input, Op.NONE, 0, change))), "file", inputs);
  }

  @Test
  void aStepRunsOverItsBaseAndWhatItWritesIsKept() throws IOException {
    Node.Out top = builder.run(builder.image(), "echo hello > /out; id -u; echo oops >&2");
    try (Built built = builder.build(top)) {
      assertThat(built.text("out")).isEqualTo("hello\n");
      assertThat(built.has("bin/busybox")).isTrue();
      assertThat(built.snapshot.layers()).hasSize(2);
    }
    assertThat(builder.log.toString()).contains("0\n").contains("oops\n");
  }

  @Test
  void aSecondBuildCarriesNothingOut() throws IOException {
    context("f", "one");
    Node.Out copied = builder.copy(builder.image(), builder.local("context"), "/f", "/f");
    Node.Out top = builder.run(copied, "cat /f > /g");
    try (Built first = builder.build(top)) {
      registry.clearLog();
      try (Built second = builder.build(top)) {
        assertThat(builder.executed).containsExactly("context");
        assertThat(builder.cached).containsExactly("COPY /f", "FROM", "RUN cat /f > /g");
        assertThat(second.snapshot.id()).isEqualTo(first.snapshot.id());
        assertThat(registry.requests()).isEmpty();
      }
    }
  }

  @Test
  void aChangedFileRebuildsOnlyWhatUsesIt() throws IOException {
    context("f", "one");
    context("g", "one");
    Node.Out files = builder.local("context");
    Node.Out f = builder.run(builder.copy(builder.image(), files, "/f", "/f"), "cat /f > /f2");
    Node.Out g = builder.run(builder.copy(f, files, "/g", "/g"), "cat /g > /g2");
    builder.build(g).close();

    context("g", "two");
    try (Built built = builder.build(g)) {
      assertThat(builder.executed).containsExactly("COPY /g", "RUN cat /g > /g2", "context");
      assertThat(built.text("g2")).isEqualTo("two");
      assertThat(built.text("f2")).isEqualTo("one");
    }
    context("unused", "x");
    builder.build(g).close();
    assertThat(builder.executed).containsExactly("context");
  }

  @Test
  void stagesAreCopiedFromByContent() throws IOException {
    Node.Out stage = builder.run(builder.image(), "echo same > /out");
    builder.build(builder.copy(builder.image(), stage, "/out", "/in")).close();
    Node.Out other = builder.run(builder.image(), "echo same > /out; echo else > /else");
    try (Built built = builder.build(builder.copy(builder.image(), other, "/out", "/in"))) {
      assertThat(builder.cached).contains("COPY /out");
      assertThat(built.text("in")).isEqualTo("same\n");
    }
  }

  @Test
  void aFailedStepNamesItsCommandAndCode() throws IOException {
    Node.Out top = builder.run(builder.image(), "echo said; exit 7");
    Throwable failure = catchThrowable(() -> builder.build(top));
    assertThat(failure)
        .isInstanceOf(SolveException.class)
        .hasMessage(
            "process \"/bin/sh -c echo said; exit 7\" did not complete successfully: exit code: 7");
    assertThat(failure)
        .cause()
        .isInstanceOfSatisfying(ExitCodeException.class, e -> assertThat(e.code()).isEqualTo(7));
    assertThat(builder.log.toString()).isEqualTo("said\n");
    Node.Out quoted = builder.run(builder.image(), "echo \"quoted\" <&1 &&\nexit 8");
    assertThatThrownBy(() -> builder.build(quoted))
        .hasMessage(
            "process \"/bin/sh -c echo \\\"quoted\\\" <&1 &&\\nexit 8\" did not complete successfully:"
                + " exit code: 8");
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    Node.Out top = builder.copy(builder.image(), builder.local("context"), "/nofile", "/f");
    assertThatThrownBy(() -> builder.build(top))
        .hasMessageStartingWith("failed to compute cache key: failed to calculate checksum of ref")
        .hasMessageEndingWith("\"/nofile\": not found");
  }

  @Test
  void mountsAreReadOnlyOrDroppedAndLeaveNothingBehind() throws IOException {
    context("src", "from the context");
    Node.Out stage = builder.run(builder.image(), "mkdir /d; echo stage > /d/x");
    Node.Out top =
        builder.run(
            List.of(builder.image(), builder.local("context"), stage),
            "cat /ctx/src /st/x > /out; echo no > /st/y || echo refused >> /out;"
                + " echo yes > /rw/y; cat /rw/y >> /out; echo t > /tmpfs/t",
            ExecMount.bind(1, "", "/ctx", Op.NONE, true),
            ExecMount.bind(2, "/d", "/st", Op.NONE, true),
            ExecMount.bind(2, "/d", "/rw", Op.NONE, false),
            ExecMount.of(new ExecMount.Tmpfs(1 << 20), "/tmpfs"));
    try (Built built = builder.build(top)) {
      assertThat(built.text("out")).isEqualTo("from the contextstage\nrefused\nyes\n");
      assertThat(built.has("ctx")).isFalse();
      assertThat(built.has("rw")).isFalse();
    }
    try (Built unchanged = builder.build(stage)) {
      assertThat(unchanged.has("d/y")).isFalse();
    }
  }

  @Test
  void aCacheMountOutlivesTheStepAndStartsWithWhatItIsGiven() throws IOException {
    FileAction.MkDir made =
        new FileAction.MkDir(
            "/cache",
            0750,
            true,
            Optional.of(
                new FileAction.Owner(
                    Optional.of(new FileAction.ById(7)), Optional.of(new FileAction.ById(8)))),
            FileAction.TIME_UNSET);
    Node.Out seed = fileOp(made);
    ExecMount cache =
        new ExecMount(
            1,
            "/cache",
            "/c",
            Op.NONE,
            false,
            new ExecMount.Cache("id", ExecMount.Sharing.LOCKED),
            ExecMount.ContentCache.DEFAULT);
    builder
        .build(
            builder.run(List.of(builder.image(), seed), "stat -c %u:%g:%a /c; touch /c/1", cache))
        .close();
    assertThat(builder.log.toString()).isEqualTo("7:8:750\n");
    builder.build(builder.run(List.of(builder.image(), seed), "ls /c", cache)).close();
    assertThat(builder.log.toString()).isEqualTo("1\n");
  }

  @Test
  void secretsReachTheStepAndNothingElse() throws IOException {
    builder.secrets = id -> Optional.of(("value of " + id).getBytes(StandardCharsets.UTF_8));
    Node.Out top =
        builder.run(
            builder.image(),
            "cat /run/secrets/s > /dev/null && stat -c %a /run/secrets/s > /out",
            ExecMount.of(new ExecMount.Secret("s", 0, 0, 0400, false), "/run/secrets/s"));
    try (Built built = builder.build(top)) {
      assertThat(built.text("out")).isEqualTo("400\n");
      assertThat(built.has("run")).isFalse();
    }
    builder.secrets = Secrets.none();
    builder.build(top).close();
    assertThat(builder.cached).anyMatch(name -> name.startsWith("RUN"));
    Node.Out again =
        builder.run(
            builder.image(),
            "cat /run/secrets/s",
            ExecMount.of(new ExecMount.Secret("s", 0, 0, 0400, false), "/run/secrets/s"));
    assertThatThrownBy(() -> builder.build(again)).hasMessageContaining("secret s: not found");
  }

  @Test
  void mergedTreesLieOverTheBase() throws IOException {
    FileAction.MkFile file =
        new FileAction.MkFile(
            "/linked",
            0640,
            "linked".getBytes(StandardCharsets.UTF_8),
            Optional.empty(),
            FileAction.TIME_UNSET);
    Node.Out merged =
        BuildFixture.node(new MergeOp(List.of(0, 1)), "merge", builder.image(), fileOp(file));
    try (Built built = builder.build(builder.run(merged, "stat -c %a /linked > /out"))) {
      assertThat(built.text("out")).isEqualTo("640\n");
      assertThat(built.snapshot.layers()).hasSize(3);
    }
  }

  @Test
  void stagesRunAtTheSameTimeAndMeet() throws IOException {
    Node.Out one = builder.run(builder.image(), "echo 1 > /one");
    Node.Out two = builder.run(builder.image(), "echo 2 > /two");
    Node.Out both = builder.copy(builder.copy(builder.image(), one, "/one", "/"), two, "/two", "/");
    try (Built built = builder.build(builder.run(both, "cat /one /two > /out"))) {
      assertThat(built.text("out")).isEqualTo("1\n2\n");
    }
  }

  @Test
  void cancellingEndsTheStepAndTheNextBuildWorks() throws Exception {
    Node.Out sleeping = builder.run(builder.image(), "echo started; sleep 1000");
    try (CancellationSource source = new CancellationSource()) {
      CompletableFuture<Throwable> ended = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> ended.complete(catchThrowable(() -> builder.build(sleeping, source))));
      while (!builder.log.toString().contains("started")) {
        Thread.sleep(5);
      }
      source.cancel();
      assertThat(ended.get()).isInstanceOf(CancellationException.class);
    }
    try (Built built = builder.build(builder.run(builder.image(), "echo ok > /out"))) {
      assertThat(built.text("out")).isEqualTo("ok\n");
    }
  }

  @Test
  void whatIsNotSupportedIsRefusedByName() throws IOException {
    Node.Out blob = BuildFixture.node(SourceOp.of("docker-image+blob://host/a", Map.of()), "blob");
    assertThatThrownBy(() -> builder.build(blob)).hasMessageContaining("docker-image+blob://");
  }
}
