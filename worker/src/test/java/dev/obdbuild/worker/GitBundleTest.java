package dev.obdbuild.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.llb.Node;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.snapshots.MountedView;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.worker.BuildFixture.Built;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bundles that git made and that git reads: instead of a remote, and instead of a tree. */
@NeedsRoot
@NeedsDevice
@NeedsTool({"mke2fs", "git", "setsid"})
@Timeout(180)
final class GitBundleTest {

  @TempDir Path folder;
  private TestRegistry registry;
  private BuildFixture builder;
  private GitServer server;
  private String first = "";
  private String second = "";
  private int taken;

  @BeforeEach
  void open() throws Exception {
    registry = TestRegistry.start();
    builder = new BuildFixture(folder, registry, "unused");
    server = new GitServer(folder.resolve("served"));
    server.git("repo", "init", "--quiet", "-b", "trunk");
    first = server.commit("repo", "file", "one");
    second = server.commit("repo", "file", "two");
    server.git("repo", "tag", "-a", "-m", "m", "v1");
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    try (TestRegistry closing = registry) {
      builder.close();
    }
  }

  /** A bundle in the registry, as the locator of a source. */
  private String pushed(String repository, String... refs) throws Exception {
    Path file = folder.resolve("made");
    String[] create = new String[refs.length + 3];
    create[0] = "bundle";
    create[1] = "create";
    create[2] = file.toString();
    System.arraycopy(refs, 0, create, 3, refs.length);
    server.git(repository, create);
    String digest = registry.putBlob("bundles", Files.readAllBytes(file));
    return "docker-image+blob://" + registry.host() + "/bundles@" + digest;
  }

  /** From a remote that nobody serves. */
  private Node.Out bundled(String fragment, String bundle, String checksum, String... attrs) {
    Map<String, String> all = new HashMap<>();
    all.put("git.fullurl", "http://127.0.0.1:9/gone");
    all.put("git.bundle", bundle);
    if (!checksum.isEmpty()) {
      all.put("git.checksum", checksum);
    }
    for (int i = 0; i < attrs.length; i += 2) {
      all.put(attrs[i], attrs[i + 1]);
    }
    return BuildFixture.source("git://127.0.0.1:9/gone" + fragment, all);
  }

  private void has(Node.Out source, String text) throws Exception {
    try (Built built = builder.build(source)) {
      assertThat(built.text("file")).isEqualTo(text);
    }
  }

  private Node.Out asBundle(String fragment, String... attrs) {
    Map<String, String> all = new HashMap<>();
    all.put("git.fullurl", server.url("repo"));
    all.put("git.checkoutbundle", "true");
    for (int i = 0; i < attrs.length; i += 2) {
      all.put(attrs[i], attrs[i + 1]);
    }
    return BuildFixture.source("git://" + server.host() + "/repo" + fragment, all);
  }

  @Test
  void commitsComeFromABundleInsteadOfTheRemote() throws Exception {
    String bundle = pushed("repo", "--all");
    has(bundled("", bundle, second), "two");
    has(bundled("#trunk", bundle, second), "two");
    has(bundled("#v1", bundle, second.substring(0, 10)), "two");
    has(bundled("#" + first, bundle, first), "one");
    has(bundled("", bundle, first.substring(0, 10)), "one");
    try (Built built = builder.build(bundled("#trunk", bundle, second, "git.keepgitdir", "true"))) {
      assertThat(built.text(".git/refs/heads/trunk").strip()).isEqualTo(second);
      assertThat(built.text(".git/config")).contains("http://127.0.0.1:9/gone");
    }
  }

  @Test
  void aCommitThatIsHereNeedsNoBundle() throws Exception {
    String bundle = pushed("repo", "--all");
    has(bundled("", bundle, second), "two");
    String nowhere =
        "docker-image+blob://" + registry.host() + "/none@" + Digest.sha256(new byte[1]);
    has(bundled("", nowhere, second, "git.mtime", "commit"), "two");
    assertThatThrownBy(() -> builder.build(bundled("", nowhere, first)))
        .hasMessageContaining("failed to fetch git bundle " + nowhere);
  }

  @Test
  void longNamesAreFoundOutFromTheBundle() throws Exception {
    server.git("long", "init", "--quiet", "--object-format=sha256", "-b", "trunk");
    String commit = server.commit("long", "file", "long");
    String bundle = pushed("long", "--all");
    has(bundled("#trunk", bundle, commit), "long");
  }

  @Test
  void aBundleThatIsNotTheOneIsRefusedByName() throws Exception {
    String bundle = pushed("repo", "trunk");
    String other = "0123456789012345678901234567890123456789";
    assertThatThrownBy(() -> builder.build(bundled("", bundle, other)))
        .hasMessageContaining("commit " + other + " not found in bundle " + bundle);
    assertThatThrownBy(() -> builder.build(bundled("#none", bundle, second)))
        .hasMessageContaining("does not contain ref none");
    assertThatThrownBy(() -> builder.build(bundled("#trunk", bundle, first)))
        .hasMessageContaining("expected checksum to match " + first + ", got " + second);
    assertThatThrownBy(() -> builder.build(bundled("", bundle, "")))
        .hasMessageContaining("git.bundle requires git.checksum to be set");
    assertThatThrownBy(() -> builder.build(bundled("#" + first, bundle, second)))
        .hasMessageContaining("expected checksum to match " + second + ", got " + first);
    assertThatThrownBy(() -> builder.build(bundled("", "https://x/y@sha256:00", second)))
        .hasMessageContaining("scheme \"https\" is not supported");
    String noBundle = registry.putBlob("bundles", new byte[9]);
    String locator = "docker-image+blob://" + registry.host() + "/bundles@" + noBundle;
    assertThatThrownBy(() -> builder.build(bundled("", locator, second)))
        .hasMessageContaining("git ls-remote failed");
  }

  @Test
  void aBundleIsMadeInsteadOfATree() throws Exception {
    for (String fragment : new String[] {"", "#trunk", "#refs/heads/trunk"}) {
      holds(asBundle(fragment), second + " refs/heads/trunk");
    }
    holds(asBundle("#v1"), second + " refs/heads/v1");
    String tag = server.git("repo", "rev-parse", "v1");
    holds(asBundle("#refs/tags/v1"), tag + " refs/tags/v1");
    holds(asBundle("#" + first), first + " refs/heads/main");
    holds(
        asBundle("#trunk", "git.fetchbycommit", "true", "git.checksum", second),
        second + " refs/heads/trunk");
  }

  /** The bundle is whole: it can be cloned by who has nothing else. */
  private void holds(Node.Out source, String ref) throws Exception {
    try (Built built = builder.build(source)) {
      assertThat(built.names("")).containsExactly("bundle");
      assertThat(built.stat("bundle")).startsWith("666 0:0 ");
      Path copy = folder.resolve("copy");
      Files.deleteIfExists(copy);
      try (MountedView view = builder.snapshots.view(built.snapshot)) {
        var _ =
            builder
                .snapshots
                .mountThreads()
                .call(() -> Files.copy(view.path().resolve("bundle"), copy));
      }
      assertThat(server.git("repo", "bundle", "list-heads", copy.toString())).isEqualTo(ref);
      String fresh = "fresh" + ++taken;
      server.git(fresh, "init", "--quiet");
      server.git(fresh, "fetch", "--quiet", copy.toString(), "+refs/*:refs/taken/*");
      server.git(fresh, "fsck", "--strict");
      assertThat(server.git(fresh, "log", "--all", "--format=%H")).contains(first);
    }
  }

  @Test
  void whatABundleCannotHaveIsRefused() {
    assertThatThrownBy(() -> builder.build(asBundle("#trunk", "git.keepgitdir", "true")))
        .hasMessageContaining("git.checkoutbundle is incompatible with git.keepgitdir");
    assertThatThrownBy(() -> builder.build(asBundle("#trunk:dir")))
        .hasMessageContaining("git.checkoutbundle is incompatible with git.subdir");
  }

  @Test
  void aBundleThatWasMadeCanBeReadAgain() throws Exception {
    try (Built built = builder.build(asBundle("#trunk"))) {
      Path copy = folder.resolve("copy");
      try (MountedView view = builder.snapshots.view(built.snapshot)) {
        var _ =
            builder
                .snapshots
                .mountThreads()
                .call(() -> Files.copy(view.path().resolve("bundle"), copy));
      }
      String digest = registry.putBlob("bundles", Files.readAllBytes(copy));
      String bundle = "docker-image+blob://" + registry.host() + "/bundles@" + digest;
      has(bundled("#trunk", bundle, second), "two");
    }
  }
}
