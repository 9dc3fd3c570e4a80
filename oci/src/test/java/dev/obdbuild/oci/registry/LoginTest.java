package dev.obdbuild.oci.registry;

import static dev.obdbuild.oci.registry.RegistryFixture.client;
import static dev.obdbuild.oci.registry.RegistryFixture.config;
import static dev.obdbuild.oci.registry.RegistryFixture.repository;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.testkit.TestIdentity;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.testkit.TinyImage;
import java.io.IOException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoginTest {
  @AutoClose private TestRegistry registry;
  @TempDir private Path folder;

  @BeforeEach
  void start() throws IOException {
    registry = TestRegistry.start();
    TinyImage.of(Map.of("a", "1")).putOn(registry, "app", "1");
  }

  private Reference app() {
    return Reference.parse(registry.host() + "/app:1");
  }

  @Test
  void aPasswordIsSentWhereItIsAskedFor() throws Exception {
    registry.requireBasic("me", "secret");
    try (RegistryClient client = client(new Login("me", "secret"))) {
      client.resolve(app());
      client.resolve(app());
    }
    assertThat(registry.count("GET .*/manifests/")).isEqualTo(3);
    try (RegistryClient client = client(new Login("me", "wrong"))) {
      assertThatThrownBy(() -> client.resolve(app()))
          .isInstanceOf(RegistryException.Unauthorized.class)
          .hasMessageContaining("wants a login")
          .hasMessageNotContaining("wrong");
    }
  }

  @Test
  void aTokenIsFetchedOnceForEachScope() throws Exception {
    registry.requireToken("me", "secret", 60);
    try (RegistryClient client = client(new Login("me", "secret"))) {
      for (int i = 0; i < 5; i++) {
        client.resolve(app());
      }
      assertThat(registry.count("GET /token")).isEqualTo(1);
      client.push(repository(registry, "app"), Digest.sha256(new byte[9]), new byte[9]);
      assertThat(registry.count("GET /token")).isEqualTo(2);
      assertThat(registry.requests("GET /token").getLast().query())
          .contains("repository%3Aapp%3Apull%2Cpush");
    }
  }

  @Test
  void aTokenThatIsNoLongerAcceptedIsReplaced() throws Exception {
    registry.requireToken("", "", 60);
    try (RegistryClient client = client()) {
      client.resolve(app());
      registry.revokeTokens();
      client.resolve(app());
    }
    assertThat(registry.count("GET /token")).isEqualTo(2);
  }

  @Test
  void aMountAsksForBothRepositories() throws Exception {
    String digest = registry.putBlob("base", new byte[10]);
    registry.requireToken("me", "secret", 60);
    try (RegistryClient client = client(new Login("me", "secret"))) {
      assertThat(
              client.mount(
                  repository(registry, "app"), Digest.parse(digest), repository(registry, "base")))
          .isTrue();
    }
    assertThat(registry.requests("GET /token").getLast().query())
        .contains("repository%3Aapp%3Apull%2Cpush", "repository%3Abase%3Apull");
  }

  @Test
  void anIdentityTokenIsExchanged() throws Exception {
    registry.requireToken("", "refresh", 60);
    try (RegistryClient client = client(new Login("", "", "refresh"))) {
      client.resolve(app());
    }
    assertThat(registry.count("POST /token")).isEqualTo(1);
  }

  @Test
  void whoFetchesTheTokenIsNotAskedForTheLogin() throws Exception {
    registry.requireToken("me", "secret", 60);
    List<TokenQuestion> questions = new ArrayList<>();
    Credentials fetching =
        new Credentials() {
          @Override
          public Optional<Login> login(String name) {
            throw new AssertionError("asked for a login");
          }

          @Override
          public Optional<BearerToken> token(TokenQuestion question) throws IOException {
            questions.add(question);
            URI uri =
                URI.create(
                    question.realm()
                        + "?service="
                        + question.service()
                        + "&scope="
                        + question.scopes().getFirst());
            URLConnection connection = uri.toURL().openConnection();
            String login = Base64.getEncoder().encodeToString("me:secret".getBytes(UTF_8));
            connection.setRequestProperty("Authorization", "Basic " + login);
            byte[] answer = connection.getInputStream().readAllBytes();
            String token = JsonReader.parse(answer, "token").string("token");
            return Optional.of(new BearerToken(token, Duration.ofSeconds(60)));
          }
        };
    try (RegistryClient client = client();
        RegistryClient view = client.with(fetching)) {
      view.resolve(app());
      view.resolve(app());
    }
    assertThat(questions).hasSize(1);
    assertThat(questions.getFirst().scopes()).containsExactly("repository:app:pull");
  }

  @Test
  void aViewHasItsOwnLoginAndClosingItClosesNothing() throws Exception {
    registry.requireBasic("me", "secret");
    try (RegistryClient client = client(new Login("me", "wrong"))) {
      for (int i = 0; i < 2; i++) {
        try (RegistryClient view = client.with(name -> Optional.of(new Login("me", "secret")))) {
          view.resolve(app());
        }
        assertThatThrownBy(() -> client.resolve(app()))
            .isInstanceOf(RegistryException.Unauthorized.class);
      }
    }
  }

  @Test
  void dockersFileHasLoginsInManyForms() throws Exception {
    Path file = folder.resolve("config.json");
    Files.writeString(
        file,
        """
        {"auths": {
          "https://index.docker.io/v1/": {"auth": "aHViOnB3"},
          "one.example:5000": {"username": "u", "password": "p"},
          "https://two.example": {"identitytoken": "tok", "auth": "dTo="}}}
        """);
    Credentials credentials =
        DockerConfigCredentials.ofUser(Map.of("DOCKER_CONFIG", folder.toString()));
    assertThat(credentials.login("docker.io")).contains(new Login("hub", "pw"));
    assertThat(credentials.login("one.example:5000")).contains(new Login("u", "p"));
    assertThat(credentials.login("two.example")).contains(new Login("u", "", "tok"));
    assertThat(credentials.login("three.example")).isEmpty();
    Files.writeString(file, "{\"auths\": []}");
    assertThatThrownBy(() -> credentials.login("x"))
        .hasMessageContaining(file.toString())
        .hasMessageContaining("auths should be an object");
    Files.delete(file);
    assertThat(credentials.login("docker.io")).isEmpty();
  }

  @Test
  void aHelperProgramIsAsked() throws Exception {
    // The helper's name is looked up on the path, so a name with the place of a file is no use to
    // an attacker.
    assertThatThrownBy(() -> CredentialHelper.named("../../tmp/evil"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not the name of a credential helper");
    assertThatThrownBy(() -> CredentialHelper.named("obd-does-not-exist").get("x"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("docker-credential-obd-does-not-exist");
    Path program = folder.resolve("helper");
    Files.writeString(
        program,
        """
        #!/bin/sh
        read server
        case $server in
          known) echo '{"ServerURL":"known","Username":"u","Secret":"s"}' ;;
          token) echo '{"Username":"<token>","Secret":"t"}' ;;
          broken) echo 'the vault is locked'; exit 2 ;;
          *) echo 'credentials not found in native keychain'; exit 1 ;;
        esac
        """);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    CredentialHelper helper = CredentialHelper.of(program);
    assertThat(helper.get("known")).contains(new Login("u", "s"));
    assertThat(helper.get("token")).contains(new Login("", "", "t"));
    assertThat(helper.get("none")).isEqualTo(Optional.empty());
    assertThatThrownBy(() -> helper.get("broken"))
        .hasMessageContaining("exit code 2: the vault is locked");
  }

  @Test
  void aPrivateAuthorityAndAClientCertificateAreUsed() throws Exception {
    TestIdentity identity = TestIdentity.make(folder, "server");
    try (TestRegistry tls = TestRegistry.start(identity)) {
      TinyImage image = TinyImage.of(Map.of("a", "1"));
      image.putOn(tls, "app", "1");
      Reference reference = Reference.parse(tls.host() + "/app:1");
      HostConfig trusted =
          HostConfig.DEFAULT
              .withCaFiles(List.of(identity.file("server.crt")))
              .withClientKey(
                  new HostConfig.ClientKey(
                      identity.file("server.crt"), identity.file("server.key")));
      for (HostConfig host : List.of(trusted, HostConfig.DEFAULT.withSkipVerify(true))) {
        try (RegistryClient client =
            new RegistryClient(config().withHost(tls.host(), host), Credentials.none())) {
          assertThat(client.resolve(reference).body()).isEqualTo(image.manifest());
        }
      }
      HostConfig plainlyTls = HostConfig.DEFAULT.withPlainHttp(false);
      try (RegistryClient client =
          new RegistryClient(config().withHost(tls.host(), plainlyTls), Credentials.none())) {
        assertThatThrownBy(() -> client.resolve(reference))
            .isInstanceOf(RegistryException.Unavailable.class)
            .hasMessageContaining("TLS with " + tls.host() + " failed");
      }
      assertThat(tls.count("GET .*/manifests/")).isEqualTo(2);
    }
  }

  @Test
  void aRedirectFromTlsToPlainHttpIsRefused() throws Exception {
    TestIdentity identity = TestIdentity.make(folder, "server");
    try (TestRegistry tls = TestRegistry.start(identity).redirectBlobs()) {
      Descriptor blob = RegistryFixture.descriptor(new byte[10]);
      tls.putBlob("app", new byte[10]);
      HostConfig trusted = HostConfig.DEFAULT.withCaFiles(List.of(identity.file("server.crt")));
      RegistryConfig config = config().withHost(tls.host(), trusted);
      try (RegistryClient client = new RegistryClient(config, Credentials.none())) {
        assertThatThrownBy(() -> client.smallBlob(repository(tls, "app"), blob))
            .isInstanceOf(RegistryException.class)
            .hasMessageContaining("redirected from TLS")
            .hasMessageNotContaining("signature=secret");
      }
    }
  }

  @Test
  void anOriginIsSchemeHostAndPort() {
    Endpoint secure = new Endpoint(URI.create("https://r.example/v2/"), "r.example");
    assertThat(secure.sameOrigin(URI.create("https://r.example:443/x"))).isTrue();
    assertThat(secure.sameOrigin(URI.create("http://r.example/x"))).isFalse();
    assertThat(secure.sameOrigin(URI.create("https://r.example.evil/x"))).isFalse();
  }
}
