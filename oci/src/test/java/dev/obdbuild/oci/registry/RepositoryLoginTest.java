package dev.obdbuild.oci.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.testkit.TestIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logins that belong to parts of registries, from files and services. */
final class RepositoryLoginTest {
  private static final String BLOB = "https://r.example:5000/v2/team/app/blobs/sha256:00";
  private static final Repository APP = new Repository("r.example:5000", "team/app");
  private static final String ANSWER =
      "{\"traceId\":\"t\",\"success\":true,\"data\":{\"auths\":"
          + "{\"r.example:5000/team\":{\"username\":\"u\",\"password\":\"p\"}}}}";
  private static final Login LOGIN = new Login("u", "p");

  @TempDir private Path folder;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  private Optional<Login> inFile(String auths, Repository repository) throws IOException {
    Path file = folder.resolve("cred.json");
    Files.writeString(file, "{\"auths\": {" + auths.replace('\'', '"') + "}}");
    return new RepositoryFileCredentials(file, repository).login(repository.registry());
  }

  @ParameterizedTest
  @CsvSource({
    "r.example:5000, true",
    "r.example:5000/team, true",
    "r.example:5000/team/app, true",
    "https://r.example:5000/, true",
    "r.example:5000/te, false",
    "r.example:5000/team/app/x, false",
    "r.example, false",
    "other, false",
  })
  void aKeyIsTheRegistryOrPartOfIt(String key, boolean covers) throws IOException {
    String auths = "'%s': {'username': 'u', 'password': 'p'}".formatted(key);
    assertThat(inFile(auths, APP)).isEqualTo(covers ? Optional.of(LOGIN) : Optional.empty());
  }

  @Test
  void theFirstKeyThatFitsCountsAndNotTheLongest() throws IOException {
    String auths =
        "'r.example:5000': {'auth': 'Zmlyc3Q6MQ=='},"
            + "'r.example:5000/team/app': {'auth': 'bG9uZ2VzdDoy'}";
    assertThat(inFile(auths, APP)).contains(new Login("first", "1"));
  }

  @Test
  void theHubGoesByAnyOfItsNames() throws IOException {
    Repository hub = new Repository("docker.io", "library/redis");
    for (String name : List.of("https://index.docker.io/v1/", "registry-1.docker.io/library")) {
      assertThat(inFile("'%s': {'username': 'u', 'password': 'p'}".formatted(name), hub))
          .contains(LOGIN);
    }
  }

  @Test
  void withoutAFileThereIsNoLogin() throws IOException {
    assertThat(new RepositoryFileCredentials(folder.resolve("no"), APP).login("r.example:5000"))
        .isEmpty();
  }

  private HttpServer serve(HttpServer server, int status, String answer) {
    server.createContext(
        "/auth",
        exchange -> {
          asked.add(exchange.getRequestURI().getRawQuery());
          byte[] body = answer.getBytes(UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          try (var out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.start();
    return server;
  }

  private static InetSocketAddress loopback() throws IOException {
    return new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
  }

  private static CredentialService service(String url, Optional<Path> socket, Optional<Path> ca) {
    return new CredentialService(
        new CredentialService.Place(url, socket, Duration.ofSeconds(5), ca, Optional.empty()),
        APP,
        BLOB);
  }

  @Test
  void aServiceIsAskedForTheBlobsAddress() throws IOException {
    HttpServer server = serve(HttpServer.create(loopback(), 0), 200, ANSWER);
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/auth";
      CredentialService service = service(url, Optional.empty(), Optional.empty());
      assertThat(service.login("r.example:5000")).contains(LOGIN);
      assertThat(service.login("other.example")).isEmpty();
      assertThat(asked).containsExactly("remote_url=" + BLOB);
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "500|{}|answered 500",
        "200|{\"success\": false, \"traceId\": \"abc\"}|trace id 'abc'",
        "200|hello|not JSON",
      })
  void whatIsWrongWithAnAnswerIsTold(int status, String answer, String problem) throws IOException {
    HttpServer server = serve(HttpServer.create(loopback(), 0), status, answer);
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/auth";
      CredentialService service = service(url, Optional.empty(), Optional.empty());
      assertThatThrownBy(() -> service.login("r.example:5000"))
          .hasMessageContaining(url)
          .hasMessageContaining(problem);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void anAnswerThatIsTooLongIsNotTaken() throws IOException {
    HttpServer server = serve(HttpServer.create(loopback(), 0), 200, " ".repeat(2 << 20));
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/auth";
      assertThatThrownBy(
              () -> service(url, Optional.empty(), Optional.empty()).login("r.example:5000"))
          .isInstanceOf(IOException.class);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aServiceBehindTlsMustShowTheCertificateThatIsExpected() throws Exception {
    TestIdentity identity = TestIdentity.make(folder, "localhost");
    TestIdentity stranger = TestIdentity.make(Files.createDirectory(folder.resolve("o")), "other");
    HttpsServer server = HttpsServer.create(loopback(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(identity.context()));
    serve(server, 200, ANSWER);
    try {
      String url = "https://localhost:" + server.getAddress().getPort() + "/auth";
      assertThat(
              service(url, Optional.empty(), Optional.of(identity.file("localhost.crt")))
                  .login("r.example:5000"))
          .contains(LOGIN);
      assertThatThrownBy(
              () ->
                  service(url, Optional.empty(), Optional.of(stranger.file("other.crt")))
                      .login("r.example:5000"))
          .hasMessageContaining("could not be asked");
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aServiceMayListenOnAUnixSocket(boolean chunked) throws Exception {
    Path path = folder.resolve("s");
    String body =
        chunked
            ? "Transfer-Encoding: chunked\r\n\r\n"
                + Integer.toHexString(ANSWER.length())
                + "\r\n"
                + ANSWER
                + "\r\n0\r\n\r\n"
            : "Content-Length: " + ANSWER.length() + "\r\n\r\n" + ANSWER;
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      Thread answering =
          Thread.ofPlatform().start(() -> answer(server, "HTTP/1.1 200 OK\r\n" + body));
      CredentialService service =
          service("http://localhost/auth", Optional.of(path), Optional.empty());
      assertThat(service.login("r.example:5000")).contains(LOGIN);
      answering.join();
      assertThat(asked.getFirst()).startsWith("GET /auth?remote_url=" + BLOB + " HTTP/1.1\r\n");
    }
  }

  private void answer(ServerSocketChannel server, String answer) {
    try (SocketChannel client = server.accept()) {
      ByteBuffer request = ByteBuffer.allocate(4096);
      client.read(request);
      asked.add(new String(request.array(), 0, request.position(), UTF_8));
      client.write(ByteBuffer.wrap(answer.getBytes(UTF_8)));
    } catch (IOException e) {
      asked.add(e.toString());
    }
  }

  @Test
  void aSilentSocketIsGivenUp() throws Exception {
    Path path = folder.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      CredentialService service =
          new CredentialService(
              new CredentialService.Place(
                  "http://localhost/auth",
                  Optional.of(path),
                  Duration.ofMillis(100),
                  Optional.empty(),
                  Optional.empty()),
              APP,
              BLOB);
      assertThatThrownBy(() -> service.login("r.example:5000"))
          .hasMessageContaining("no answer within 0.1 s");
    }
  }
}
