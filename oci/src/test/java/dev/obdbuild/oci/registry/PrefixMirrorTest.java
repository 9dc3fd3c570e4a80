package dev.obdbuild.oci.registry;

import static dev.obdbuild.oci.registry.RegistryFixture.config;
import static dev.obdbuild.oci.registry.RegistryFixture.descriptor;
import static dev.obdbuild.oci.registry.RegistryFixture.random;
import static dev.obdbuild.oci.registry.RegistryFixture.repository;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.obdbuild.testkit.TestRegistry;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A P2P node in front of a registry: it gets the whole address behind its own. */
final class PrefixMirrorTest {
  private static final String PREFIX = "/dadip2p/";

  @AutoClose private TestRegistry registry;
  private HttpServer node;
  private final List<String> passedOn = new CopyOnWriteArrayList<>();
  private final byte[] blob = random(10_000);

  @BeforeEach
  void start() throws IOException {
    registry = TestRegistry.start().requireToken("u", "p", 60);
    registry.putBlob("app", blob);
    node = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    node.createContext(PREFIX, this::passOn);
    node.start();
  }

  @AfterEach
  void stop() {
    node.stop(0);
  }

  private void passOn(HttpExchange exchange) throws IOException {
    String url = exchange.getRequestURI().getRawPath().substring(PREFIX.length());
    passedOn.add(url);
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
    for (String name : List.of("Range", "Authorization")) {
      Optional.ofNullable(exchange.getRequestHeaders().getFirst(name))
          .ifPresent(value -> request.header(name, value));
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      for (String name : List.of("Content-Range", "WWW-Authenticate")) {
        answer
            .headers()
            .firstValue(name)
            .ifPresent(v -> exchange.getResponseHeaders().add(name, v));
      }
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      throw new IOException(e);
    } finally {
      exchange.close();
    }
  }

  private byte[] read() throws IOException {
    String mirror =
        "http://127.0.0.1:"
            + node.getAddress().getPort()
            + PREFIX
            + "http://"
            + registry.host()
            + "/v2/";
    HostConfig host = HostConfig.DEFAULT.withPlainHttp(true).withMirrors(List.of(mirror));
    try (RegistryClient client =
        new RegistryClient(
            config().withHost(registry.host(), host),
            asked ->
                asked.equals(registry.host())
                    ? Optional.of(new Login("u", "p"))
                    : Optional.empty())) {
      byte[] bytes = new byte[100];
      client
          .reader(repository(registry, "app"), descriptor(blob))
          .read(5000, MemorySegment.ofArray(bytes));
      return bytes;
    }
  }

  @Test
  void readsGoThroughItWithTheRegistrysLogin() throws IOException {
    assertThat(read()).isEqualTo(Arrays.copyOfRange(blob, 5000, 5100));
    assertThat(passedOn)
        .isNotEmpty()
        .allSatisfy(url -> assertThat(url).startsWith("http://" + registry.host() + "/v2/app/"));
  }

  @Test
  void withoutItTheRegistryItselfIsRead() throws IOException {
    node.stop(0);
    assertThat(read()).isEqualTo(Arrays.copyOfRange(blob, 5000, 5100));
    assertThat(passedOn).isEmpty();
  }
}
