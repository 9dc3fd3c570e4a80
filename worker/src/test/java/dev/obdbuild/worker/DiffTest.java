package dev.obdbuild.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.llb.BuildOp;
import dev.obdbuild.llb.DiffOp;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.MergeOp;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.Op;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.worker.BuildFixture.Built;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Differences, merges of them, and builds inside builds. */
@NeedsRoot
@NeedsDevice
@NeedsTool({"crun", "busybox", "mke2fs"})
@Timeout(120)
final class DiffTest {

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

  private static Node.Out diff(Node.Out lower, Node.Out upper) {
    return BuildFixture.node(new DiffOp(0, 1), "diff", lower, upper);
  }

  private static Node.Out merge(Node.Out base, Node.Out... others) {
    Node.Out[] all = new Node.Out[others.length + 1];
    all[0] = base;
    System.arraycopy(others, 0, all, 1, others.length);
    List<Integer> indices = java.util.stream.IntStream.range(0, all.length).boxed().toList();
    return BuildFixture.node(new MergeOp(indices), "merge", all);
  }

  @Test
  void aDifferenceHoldsWhatWasAddedAndChangedOnNothing() throws IOException {
    Node.Out lower = builder.run(builder.image(), "mkdir /d; echo 1 > /d/keep; echo 1 > /d/change");
    Node.Out upper =
        builder.run(
            lower, "echo 2 > /d/change; mkdir -p /new/dir; echo x > /new/dir/f; rm /d/keep");
    try (Built built = builder.build(diff(lower, upper))) {
      assertThat(built.text("d/change")).isEqualTo("2\n");
      assertThat(built.text("new/dir/f")).isEqualTo("x\n");
      assertThat(built.has("d/keep")).isFalse();
      assertThat(built.has("bin")).isFalse();
      assertThat(built.has("etc")).isFalse();
    }
  }

  @Test
  void aMergedDifferenceTakesAwayWhatItTookAway() throws IOException {
    Node.Out lower =
        builder.run(builder.image(), "mkdir /d /gone; touch /d/a /d/b /gone/x; echo f > /turn");
    Node.Out upper =
        builder.run(lower, "rm /d/a /turn; rm -r /gone; mkdir /turn; touch /turn/in /d/c");
    Node.Out base =
        builder.run(
            builder.image(), "mkdir /d /gone; touch /d/a /d/mine /gone/x /gone/y; touch /turn");
    Node.Out top = merge(base, diff(lower, upper));
    try (Built built = builder.build(top)) {
      assertThat(built.has("d/a")).isFalse();
      assertThat(built.has("d/b")).isFalse();
      assertThat(built.has("d/c")).isTrue();
      assertThat(built.has("d/mine")).isTrue();
      assertThat(built.has("gone")).isFalse();
      assertThat(built.has("turn/in")).isTrue();
      assertThat(built.has("bin/busybox")).isTrue();
    }
    // What the cache gives back still deletes.
    Node.Out other = builder.run(builder.image(), "mkdir /d; touch /d/a /d/other");
    try (Built built = builder.build(merge(other, diff(lower, upper)))) {
      assertThat(builder.cached).contains("diff");
      assertThat(built.has("d/a")).isFalse();
      assertThat(built.has("d/other")).isTrue();
    }
  }

  @Test
  void filesystemsThatDoNotStandOnOneAnotherAreComparedByContent() throws IOException {
    Files.writeString(builder.context.resolve("same"), "same");
    Node.Out lower = builder.copy(builder.image(), builder.local("context"), "/same", "/same");
    Node.Out upper =
        builder.copy(
            builder.run(builder.image(), "echo else > /else"),
            builder.local("context"),
            "/same",
            "/same");
    try (Built built = builder.build(diff(lower, upper))) {
      assertThat(built.text("else")).isEqualTo("else\n");
      assertThat(built.has("same")).isFalse();
      assertThat(built.has("bin")).isFalse();
    }
  }

  @Test
  void theDifferenceToItselfIsNothingAndThatFromNothingIsAll() throws IOException {
    Node.Out some = builder.run(builder.image(), "echo 1 > /f");
    try (Built built = builder.build(diff(some, some))) {
      assertThat(built.has("f")).isFalse();
    }
    Node.Out all = BuildFixture.node(new DiffOp(Op.NONE, 0), "diff", some);
    try (Built built = builder.build(all)) {
      assertThat(built.text("f")).isEqualTo("1\n");
    }
    Node.Out nothing = BuildFixture.node(new DiffOp(0, Op.NONE), "diff", some);
    try (Built built = builder.build(merge(builder.run(some, "touch /mine"), nothing))) {
      assertThat(built.has("mine")).isTrue();
      assertThat(built.has("f")).isFalse();
      assertThat(built.has("bin/busybox")).isFalse();
    }
  }

  private Node.Out nested(Node.Out with, String attribute) {
    TreeMap<String, Integer> inputs = new TreeMap<>();
    inputs.put("buildkit.llb.definition", 0);
    TreeMap<String, String> attrs = new TreeMap<>();
    attrs.put("llbbuild.filename", attribute);
    return BuildFixture.node(new BuildOp(Op.NONE, inputs, Optional.empty(), attrs), "nested", with);
  }

  @Test
  void aGraphInAFileIsBuiltInsideTheBuild() throws IOException {
    Node.Out inner = builder.run(builder.image(), "echo inner > /inner");
    Files.write(
        builder.context.resolve("graph"), Graph.of(inner, List.of()).toDefinition().toByteArray());
    try (Built built = builder.build(nested(builder.local("context"), "graph"))) {
      assertThat(built.text("inner")).isEqualTo("inner\n");
    }
  }

  @Test
  void aFileThatIsNoGraphIsNamed() throws IOException {
    Files.writeString(builder.context.resolve("graph"), "no graph");
    assertThatThrownBy(() -> builder.build(nested(builder.local("context"), "graph")))
        .hasMessageContaining("not a definition");
    assertThatThrownBy(() -> builder.build(nested(builder.local("context"), "other")))
        .hasMessageContaining("other is not a regular file");
  }
}
