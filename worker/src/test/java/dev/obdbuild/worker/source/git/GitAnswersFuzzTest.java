package dev.obdbuild.worker.source.git;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.obdbuild.worker.signature.BadSignatureException;
import java.io.IOException;
import org.junit.jupiter.api.Tag;

/** Addresses of repositories and what git tells of them: nothing that git takes for an option. */
@Tag("fuzz")
final class GitAnswersFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void remotes(byte[] bytes) {
    try {
      GitRemote remote = GitRemote.parse(new String(bytes, UTF_8));
      assertThat(remote.url()).doesNotStartWith("-").doesNotContain(" ", "\n", "\0");
      assertThat(remote.ref()).doesNotStartWith("-").doesNotContain(" ", "\n", "\0");
      assertThat("/" + remote.subdir() + "/").doesNotContain("/../", "/./");
      assertThat(remote.subdir()).doesNotStartWith("/").doesNotEndWith("/");
    } catch (IOException e) {
      assertThat(e).hasMessageStartingWith("invalid git ");
    }
  }

  @FuzzTest(maxDuration = "60s")
  void listings(byte[] bytes) throws IOException {
    String listing = new String(bytes, UTF_8);
    GitRemote remote = GitRemote.parse("https://h.example/a.git");
    try {
      assertThat(LsRemote.defaultBranch(listing, remote)).isNotEmpty().doesNotStartWith("-");
    } catch (IOException e) {
      assertThat(e).hasMessageStartingWith("could not find default branch");
    }
    try {
      GitCommit commit = LsRemote.choose(listing, "v1", remote, "");
      assertThat(commit.commit()).matches("[0-9a-f]{40}|[0-9a-f]{64}");
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("v1");
    }
  }

  @FuzzTest(maxDuration = "60s")
  void objects(byte[] raw) throws IOException {
    try {
      SignedObject.commit(raw).verifySignature("", true);
    } catch (BadSignatureException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
    try {
      SignedObject.tag(raw).verifySignature("", true);
    } catch (BadSignatureException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
