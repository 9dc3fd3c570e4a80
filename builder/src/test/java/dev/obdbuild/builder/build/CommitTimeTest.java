package dev.obdbuild.builder.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class CommitTimeTest {

  private static byte[] commit(String committer, String body) {
    return ("tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@b> 1 +0000\n"
            + committer
            + "\n\n"
            + body)
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void theCommittersTimeCountsAndNotTheAuthors() {
    assertThat(CommitTime.of(commit("committer B > C <b@c> 1600000000 +0200", "text")))
        .contains(Instant.ofEpochSecond(1_600_000_000));
    assertThat(CommitTime.of(commit("committer B <b@c> -5 -0100", "text")))
        .contains(Instant.ofEpochSecond(-5));
  }

  @Test
  void whatAMessageSaysDoesNotCount() {
    assertThat(CommitTime.of(commit("encoding x", "committer B <b@c> 7 +0000\n"))).isEmpty();
    assertThat(CommitTime.of(commit("committer B <b@c> soon +0000", ""))).isEmpty();
    assertThat(CommitTime.of(commit("committer B <b@c> 999999999999999999 +0000", ""))).isEmpty();
    assertThat(CommitTime.of(new byte[0])).isEmpty();
  }
}
