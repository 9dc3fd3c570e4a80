package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.daemon.Client.Ended;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.RealRegistry;
import dev.obdbuild.testkit.TestIdentity;
import dev.obdbuild.testkit.TokenServer;
import dev.obdbuild.testkit.TokenServer.Asked;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Registries that want logins, which only the client has. */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsTool({"buildctl", "buildx", "crun", "busybox", "docker-registry", "skopeo"})
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // started before the first test
final class RegistryLoginTest {

  private static final String OURS = "obd-build";
  private static final String PASSWORD = "secret";

  /** The password, as docker-registry keeps it. */
  private static final String HASHED =
      "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

  private TokenServer tokens;
  private RealRegistry withTokens;
  private RealRegistry withPasswords;
  private DaemonFixture it;
  private Path temp;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    temp = folder;
    tokens = TokenServer.start(TestIdentity.make(folder, "signer"), "signer", "user", PASSWORD);
    withTokens = RealRegistry.start(folder("tokens"), tokens.registryConfiguration());
    Path users = Files.writeString(folder.resolve("users"), "user:" + HASHED + "\n");
    withPasswords =
        RealRegistry.start(
            folder("passwords"), "auth:\n  htpasswd:\n    realm: test\n    path: " + users + "\n");
    it = DaemonFixture.start(folder("daemon"));
    for (String image : List.of("private/busybox:1", "public/busybox:1")) {
      fill(withTokens, image);
    }
    fill(withPasswords, "private/busybox:1");
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectory(temp.resolve(name));
  }

  private void fill(RealRegistry registry, String image) throws Exception {
    it.client()
        .run(
            "skopeo",
            "copy",
            "--quiet",
            "--src-tls-verify=false",
            "--dest-tls-verify=false",
            "--dest-creds=user:" + PASSWORD,
            "docker://" + it.base(),
            "docker://" + registry.host() + "/" + image)
        .ok();
  }

  @AfterAll
  void stop() throws Exception {
    it.close();
    withTokens.close();
    withPasswords.close();
    tokens.close();
  }

  /** Builds with a client that knows a login. */
  private Ended build(RealRegistry registry, String from, String password, String output)
      throws Exception {
    Path logins = Files.createTempDirectory(temp, "logins");
    String login =
        Base64.getEncoder().encodeToString(("user:" + password).getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        logins.resolve("config.json"),
        password.isEmpty()
            ? "{}"
            : "{\"auths\":{\"" + registry.host() + "\":{\"auth\":\"" + login + "\"}}}");
    Path context = it.context("FROM " + registry.host() + "/" + from + "\nRUN echo built\n");
    return it.client()
        .with("DOCKER_CONFIG", logins.toString())
        .run(
            it.buildCommand(
                context, "--output=type=image,push=true,name=" + registry.host() + "/" + output));
  }

  @Test
  void theClientFetchesTokensAndKeepsItsPassword() throws Exception {
    int before = tokens.asked().size();

    build(withTokens, "private/busybox:1", PASSWORD, "private/out:1").ok();

    List<Asked> asked = tokens.asked().subList(before, tokens.asked().size());
    assertThat(asked)
        .anySatisfy(it -> assertThat(it.scopes()).contains("repository:private/busybox:pull"))
        .anySatisfy(
            it -> assertThat(it.scopes()).anyMatch(s -> s.startsWith("repository:private/out:")))
        .allSatisfy(
            it -> {
              assertThat(it.granted()).isTrue();
              assertThat(it.user()).isEqualTo("user");
              assertThat(it.agent()).doesNotContain(OURS);
            });
  }

  @Test
  void aWrongPasswordIsRefused() throws Exception {
    assertThat(build(withTokens, "private/busybox:1", "wrong", "private/no:1").failure())
        .contains(
            "failed to resolve source metadata for " + withTokens.host() + "/private/busybox:1")
        .contains("failed to fetch oauth token: unauthorized")
        .doesNotContain("wrong");
  }

  @Test
  void anImageForAllIsPulledWithoutALogin() throws Exception {
    Path context =
        it.context("FROM " + withTokens.host() + "/public/busybox:1\nRUN echo for all\n");

    assertThat(it.build(context).ok().err()).contains("for all");
  }

  @Test
  void anImageForSomeIsNotPulledWithoutALogin() throws Exception {
    Path context = it.context("FROM " + withTokens.host() + "/private/busybox:1\n");

    assertThat(it.build(context).failure()).contains("/private/busybox:1").contains("401");
  }

  @Test
  void aRegistryThatKnowsPasswordsOnlyIsGivenTheClients() throws Exception {
    build(withPasswords, "private/busybox:1", PASSWORD, "private/out:1").ok();

    assertThat(build(withPasswords, "private/busybox:1", "wrong", "private/no:1").failure())
        .contains("401");
  }
}
