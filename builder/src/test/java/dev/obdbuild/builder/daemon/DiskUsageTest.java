package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What builds keep, and how it goes. */
final class DiskUsageTest extends DaemonTest {

  @Test
  void usageIsListedAndPrunedByFilters() throws Exception {
    Path context =
        it.context(
            "FROM BASE\nRUN --mount=type=cache,target=/c echo kept > /c/f && echo made > /f\n");
    it.build(context).ok();

    String all = it.buildctl("du", "--verbose").ok().out();
    String mounts = it.buildctl("du", "--filter=type==exec.cachemount").ok().out();

    assertThat(all).contains("echo kept").contains("exec.cachemount").contains("regular");
    assertThat(mounts.lines().filter(line -> line.contains("mount-"))).hasSize(1);
    it.buildctl("prune", "--filter=type==exec.cachemount").ok();
    assertThat(it.buildctl("du", "--verbose").ok().out())
        .doesNotContain("exec.cachemount")
        .contains("regular");
    assertThat(it.buildx("du").ok().out()).contains("Total:");
  }

  @Test
  void nothingIsLeftWhenHistoryAndCacheAreGone() throws Exception {
    Path context =
        it.context(
            "FROM BASE AS a\nRUN echo a > /a\nFROM BASE\nCOPY --from=a /a /\nCOPY . /src\nRUN true\n",
            "file",
            "text");
    it.build(context, push("du/app:1")).ok();
    it.build(it.context("FROM BASE\nRUN false\n")).failure();
    it.buildx("build", context.toString()).ok();

    it.buildx("history", "rm", "--all").ok();
    it.buildctl("prune", "--all").ok();

    assertThat(it.buildctl("du", "--format={{json .}}").ok().out().strip()).isIn("", "[]", "null");
    assertThat(it.buildctl("debug", "histories").ok().out().lines().count()).isLessThan(2);
  }
}
