package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Builds of the past, as clients ask for them. */
final class BuildRecordTest extends DaemonTest {

  /** Builds and tells the ref of the build. */
  private String built(String word) throws Exception {
    Path context = it.context("FROM BASE\nRUN echo said " + word + "\n");
    Path ref = temp.resolve(word + ".ref");
    it.build(context, "--ref-file=" + ref).ok();
    return Files.readString(ref);
  }

  @Test
  void theProgressOfAFinishedBuildIsPlayedAgain() throws Exception {
    String ref = built("again");

    var ended = it.buildctl("debug", "logs", "--progress=plain", ref).ok();
    String printed = ended.out() + ended.err();

    assertThat(printed)
        .contains("[internal] load build definition from Dockerfile")
        .contains("said again")
        .contains("DONE");
  }

  @Test
  void buildsAreListedInspectedAndRemoved() throws Exception {
    String ref = built("listed");

    assertThat(it.buildctl("debug", "histories").ok().out()).contains(ref);
    assertThat(it.buildx("history", "ls").ok().out()).contains(ref);
    assertThat(it.buildx("history", "inspect", ref).ok().out())
        .contains("Build Steps:")
        .contains("cached");
    var logs = it.buildx("history", "logs", ref).ok();
    assertThat(logs.out() + logs.err()).contains("said listed");
    it.buildx("history", "rm", ref).ok();
    assertThat(it.buildctl("debug", "histories").ok().out()).doesNotContain(ref);
  }

  @Test
  void aFailedBuildIsRememberedWithItsError() throws Exception {
    Path context = it.context("FROM BASE\nRUN echo wrong && exit 3\n");
    Path metadata = temp.resolve("failed.ref");
    it.build(context, "--ref-file=" + metadata).failure();
    String ref = Files.readString(metadata);

    String inspected = it.buildx("history", "inspect", ref).ok().out();

    assertThat(inspected).contains("Error").contains("exit code: 3");
  }

  @Test
  void aPinnedBuildIsKept() throws Exception {
    String ref = built("pinned");

    it.buildctl("debug", "ctl", "--pin", ref).ok();

    it.buildctl("prune-histories").ok();
    assertThat(it.buildctl("debug", "histories").ok().out()).contains(ref);
    it.buildctl("debug", "ctl", "--delete", ref).ok();
    assertThat(it.buildctl("debug", "histories").ok().out()).doesNotContain(ref);
  }
}
