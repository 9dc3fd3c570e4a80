package dev.obdbuild.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.solver.progress.VertexProgress;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.worker.BuildFixture.Built;
import dev.obdbuild.worker.signature.Gpg;
import dev.obdbuild.worker.signature.SshKeygen;
import dev.obdbuild.worker.source.git.GitObjects;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commits and tags that git itself signed, with GnuPG and with OpenSSH. */
@NeedsRoot
@NeedsDevice
@NeedsTool({"mke2fs", "git", "setsid", "gpg", "gpgconf", "ssh-keygen"})
@Timeout(180)
final class GitSignatureTest {

  @TempDir Path folder;
  private TestRegistry registry;
  private BuildFixture builder;
  private GitServer server;
  private Gpg gpg;
  private String[] byPgp = {};
  private String[] bySsh = {};
  private String pgpKey = "";
  private String sshKey = "";

  @BeforeEach
  void open() throws Exception {
    registry = TestRegistry.start();
    builder = new BuildFixture(folder, registry, "unused");
    server = new GitServer(folder.resolve("served"));
    server.git("repo", "init", "--quiet", "-b", "trunk");
    gpg = new Gpg(folder.resolve("home"));
    pgpKey = gpg.key("signer", "ed25519");
    Path program =
        Files.writeString(
            folder.resolve("gpg"),
            "#!/bin/sh\nexec gpg --homedir " + gpg.home() + " --batch --no-tty \"$@\"\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    byPgp = new String[] {"-c", "gpg.program=" + program, "-c", "user.signingkey=signer"};
    Path ssh = SshKeygen.key(folder.resolve("key"), "ed25519", 256);
    sshKey = SshKeygen.line(ssh);
    bySsh = new String[] {"-c", "gpg.format=ssh", "-c", "user.signingkey=" + ssh};
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    gpg.close();
    try (TestRegistry closing = registry) {
      builder.close();
    }
  }

  private String commit(String[] signed, String text) throws Exception {
    Files.writeString(folder.resolve("served/repo/file"), text);
    server.git("repo", "add", "file");
    server.git("repo", join(signed, "commit", "--quiet", signed.length == 0 ? "-q" : "-S", "-mm"));
    return server.git("repo", "rev-parse", "HEAD");
  }

  private void tag(String[] signed, String name) throws Exception {
    server.git("repo", join(signed, "tag", signed.length == 0 ? "-a" : "-s", "-m", "m", name));
  }

  private static String[] join(String[] some, String... more) {
    String[] all = new String[some.length + more.length];
    System.arraycopy(some, 0, all, 0, some.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }

  private Node.Out git(String ref, String key, String... attrs) {
    SourceOp source = source(ref, key, attrs);
    return BuildFixture.source(source.identifier(), source.attrs());
  }

  private SourceOp source(String ref, String key, String... attrs) {
    Map<String, String> all = new HashMap<>();
    all.put("git.fullurl", server.url("repo"));
    all.put("git.sig.pubkey", key);
    for (String attr : attrs) {
      all.put("git.sig." + attr, "true");
    }
    return SourceOp.of("git://" + server.host() + "/repo#" + ref, all);
  }

  private void accepts(Node.Out source, String text) throws Exception {
    try (Built built = builder.build(source)) {
      assertThat(built.text("file")).isEqualTo(text);
    }
  }

  private void refuses(Node.Out source, String why) {
    assertThatThrownBy(() -> builder.build(source)).hasMessageContaining(why);
  }

  @Test
  void aCommitCountsWhenTheRightKeySignedIt() throws Exception {
    String plain = commit(new String[0], "plain");
    String pgp = commit(byPgp, "pgp");
    String ssh = commit(bySsh, "ssh");
    accepts(git(pgp, pgpKey), "pgp");
    accepts(git(ssh, sshKey), "ssh");
    accepts(git("trunk", sshKey), "ssh");
    refuses(git(plain, pgpKey), "git object is not signed");
    refuses(git(pgp, gpg.key("other", "ed25519")), "signature made by unknown entity");
    refuses(git(pgp, sshKey), "no armored data found");
    refuses(git(ssh, pgpKey), "ssh: no key found");
    refuses(git(pgp, ""), "no armored data found");
    refuses(git(pgp, pgpKey, "requiresignedtag"), "signed tag required but no signed tag found");
    // A source that says nothing of signatures has the same key in the cache; the others still ask.
    accepts(git(pgp, pgpKey), "pgp");
    assertThat(builder.cached).hasSize(1);
    refuses(git(pgp, gpg.certificate("other")), "signature made by unknown entity");
  }

  @Test
  void aSignedTagSparesTheCommitASignature() throws Exception {
    commit(new String[0], "plain");
    tag(byPgp, "pgp");
    tag(bySsh, "ssh");
    tag(new String[0], "unsigned");
    accepts(git("pgp", pgpKey), "plain");
    accepts(git("refs/tags/ssh", sshKey, "requiresignedtag"), "plain");
    accepts(git(server.git("repo", "rev-parse", "pgp"), pgpKey), "plain");
    refuses(git("pgp", pgpKey, "ignoresignedtag"), "git object is not signed");
    refuses(git("unsigned", pgpKey, "requiresignedtag"), "git object is not signed");
    refuses(git("pgp", sshKey, "requiresignedtag"), "no armored data found");
  }

  @Test
  void aSignedCommitStandsInForATagThatIsNotSignedByTheKey() throws Exception {
    commit(byPgp, "pgp");
    tag(new String[0], "unsigned");
    tag(bySsh, "ssh");
    accepts(git("unsigned", pgpKey), "pgp");
    accepts(git("ssh", pgpKey), "pgp");
    accepts(git("ssh", pgpKey, "ignoresignedtag"), "pgp");
    refuses(git("ssh", pgpKey, "requiresignedtag"), "ssh: no key found");
  }

  @Test
  void keysThatHaveExpiredAreRejectedOnlyWhenAskedFor() throws Exception {
    gpg.run(
        "--faked-system-time",
        "20200101T000000",
        "--quick-gen-key",
        "old",
        "ed25519",
        "sign",
        "1y");
    Path program =
        Files.writeString(
            folder.resolve("gpg"),
            "#!/bin/sh\nexec gpg --faked-system-time 20200601T000000 --homedir "
                + gpg.home()
                + " --batch --no-tty \"$@\"\n");
    assertThat(program).isExecutable();
    byPgp[3] = "user.signingkey=old";
    String commit = commit(byPgp, "old");
    accepts(git(commit, gpg.certificate("old")), "old");
    refuses(git(commit, gpg.certificate("old"), "rejectexpired"), "key expired");
  }

  @Test
  void repositoriesWithLongNamesHaveTheirOwnHeader() throws Exception {
    server.git("long", "init", "--quiet", "--object-format=sha256", "-b", "trunk");
    Files.writeString(folder.resolve("served/long/file"), "long");
    server.git("long", "add", "file");
    server.git("long", join(byPgp, "commit", "--quiet", "-S", "-mm"));
    String commit = server.git("long", "rev-parse", "HEAD");
    assertThat(server.git("long", "cat-file", "commit", commit)).contains("gpgsig-sha256 ");
    Map<String, String> attrs = Map.of("git.fullurl", server.url("long"), "git.sig.pubkey", pgpKey);
    accepts(BuildFixture.source("git://" + server.host() + "/long#trunk", attrs), "long");
  }

  @Test
  void theObjectsAreVerifiedForWhoAsksForTheSource() throws Exception {
    String commit = commit(byPgp, "pgp");
    tag(byPgp, "v1");
    builder.use(
        git("v1", pgpKey),
        (worker, result) -> {
          GitObjects objects = worker.gitObjects(source("v1", pgpKey), context());
          assertThat(objects.found().tagged()).isEqualTo(commit);
          assertThat(objects.tag()).isPresent();
          assertThat(worker.git(source("v1", pgpKey), context())).isEqualTo(objects.found());
          assertThatThrownBy(() -> worker.git(source("v1", sshKey), context()))
              .hasMessageContaining("no armored data found");
          assertThatThrownBy(() -> worker.gitObjects(source("v1", sshKey), context()))
              .hasMessageContaining("no armored data found");
        });
  }

  private static OpContext context() {
    return new OpContext(
        Cancellation.never(),
        VertexProgress.begin(event -> {}, "question").work(),
        Optional.empty());
  }
}
