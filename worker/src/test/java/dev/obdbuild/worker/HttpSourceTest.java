package dev.obdbuild.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.obdbuild.llb.Node;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.CancellationSource;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.worker.BuildFixture.Built;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files of an HTTP server, good and bad. */
@NeedsRoot
@NeedsDevice
@NeedsTool({"mke2fs"})
@Timeout(120)
final class HttpSourceTest {

  @TempDir Path folder;
  private TestRegistry registry;
  private BuildFixture builder;
  private HttpServer server;
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch release = new CountDownLatch(1);

  @BeforeEach
  void open() throws IOException {
    registry = TestRegistry.start();
    builder = new BuildFixture(folder, registry, "unused");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void close() throws Exception {
    release.countDown();
    server.stop(0);
    try (TestRegistry closing = registry) {
      builder.close();
    }
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    var headers = exchange.getRequestHeaders();
    String validator = String.valueOf(headers.getFirst("If-None-Match"));
    requests.add(path + " " + validator + " " + headers.getFirst("Authorization"));
    told.add(
        headers.getFirst("Accept")
            + " "
            + headers.getFirst("User-Agent")
            + " "
            + headers.getFirst("Cookie"));
    switch (path) {
      case "/file.txt" -> {
        exchange.getResponseHeaders().set("ETag", "\"one\"");
        exchange.getResponseHeaders().set("Last-Modified", "Wed, 21 Oct 2015 07:28:00 GMT");
        if (validator.equals("\"one\"")) {
          exchange.sendResponseHeaders(304, -1);
          exchange.close();
        } else {
          send(exchange, 200, "content");
        }
      }
      case "/named" -> {
        exchange
            .getResponseHeaders()
            .set("Content-Disposition", "attachment; filename=\"../up/real name.bin\"");
        send(exchange, 200, "named");
      }
      case "/loop" -> redirect(exchange, "/loop");
      case "/moved" -> redirect(exchange, "file.txt");
      case "/elsewhere" ->
          redirect(exchange, "http://localhost:" + server.getAddress().getPort() + "/file.txt");
      case "/short" -> {
        exchange.sendResponseHeaders(200, 100);
        exchange.getResponseBody().write("short".getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
        // Closing the exchange's stream would be refused: the connection is dropped instead.
        throw new IOException("broken off");
      }
      case "/slow" -> {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(1);
        exchange.getResponseBody().flush();
        requests.add("slow started");
        try {
          release.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        exchange.close();
      }
      default -> send(exchange, 500, "no");
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static void redirect(HttpExchange exchange, String to) throws IOException {
    exchange.getResponseHeaders().set("Location", to);
    exchange.sendResponseHeaders(302, -1);
    exchange.close();
  }

  private Node.Out http(String path, Map<String, String> attrs) {
    return BuildFixture.source(url(path), attrs);
  }

  @Test
  void aFileHasItsNameModeOwnerAndTime() throws IOException {
    Map<String, String> attrs =
        Map.of("http.perm", "0640", "http.uid", "7", "http.gid", "8", "http.filename", "x/y");
    try (Built plain = builder.build(http("/file.txt", Map.of()));
        Built set = builder.build(http("/file.txt", attrs))) {
      assertThat(plain.names("")).containsExactly("file.txt");
      assertThat(plain.text("file.txt")).isEqualTo("content");
      assertThat(plain.stat("file.txt")).isEqualTo("600 0:0 1445412480");
      assertThat(set.stat("y")).isEqualTo("640 7:8 1445412480");
    }
  }

  @Test
  void aFileThatDidNotChangeIsNotFetchedAgain() throws IOException {
    try (Built first = builder.build(http("/file.txt", Map.of()));
        Built second = builder.build(http("/file.txt", Map.of()))) {
      assertThat(second.text("file.txt")).isEqualTo("content");
      assertThat(builder.cached).hasSize(1);
      assertThat(requests).containsExactly("/file.txt null null", "/file.txt \"one\" null");
      assertThat(first.snapshot.id()).isEqualTo(second.snapshot.id());
    }
  }

  @Test
  void theServerNamesTheFileButNotItsFolder() throws IOException {
    try (Built built = builder.build(http("/named", Map.of()))) {
      assertThat(built.names("")).containsExactly("real name.bin");
    }
  }

  @Test
  void aChecksumIsHeldAgainstTheContentAndSparesTheRequest() throws IOException {
    String right = Digest.sha256("content".getBytes(StandardCharsets.UTF_8)).toString();
    String wrong = Digest.sha256(new byte[1]).toString();
    builder.build(http("/file.txt", Map.of("http.checksum", right))).close();
    builder.build(http("/file.txt", Map.of("http.checksum", right))).close();
    assertThat(requests).hasSize(1);
    assertThatThrownBy(() -> builder.build(http("/file.txt", Map.of("http.checksum", wrong))))
        .hasMessageContaining("digest mismatch for " + url("/file.txt") + ": " + right)
        .hasMessageContaining("expected: " + wrong);
  }

  @Test
  void faultsNameTheUrl() {
    assertThatThrownBy(() -> builder.build(http("/bad", Map.of())))
        .hasMessageContaining(url("/bad"))
        .hasMessageContaining("invalid response status 500");
    assertThatThrownBy(() -> builder.build(BuildFixture.source("http://127.0.0.1:1/x", Map.of())))
        .hasMessageContaining("failed to fetch http://127.0.0.1:1/x: connection refused");
    assertThatThrownBy(() -> builder.build(BuildFixture.source("http://no.invalid/x", Map.of())))
        .hasMessageContaining("no such host no.invalid");
    assertThatThrownBy(() -> builder.build(http("/loop", Map.of())))
        .hasMessageContaining("stopped after 10 redirects");
    assertThatThrownBy(() -> builder.build(http("/short", Map.of())))
        .hasMessageContaining(url("/short"));
    assertThatThrownBy(() -> builder.build(http("/file.txt", Map.of("http.sig.pubkey", "k"))))
        .hasMessageContaining("requires both pubkey and signature");
    assertThatThrownBy(() -> builder.build(http("/file.txt", Map.of("http.perm", "99999"))))
        .hasMessageContaining("http.perm");
  }

  @Test
  void credentialsGoToTheirHostOnly() throws IOException {
    builder.secrets =
        id ->
            id.equals("HTTP_AUTH_TOKEN_127.0.0.1")
                ? Optional.of("t0ken".getBytes(StandardCharsets.UTF_8))
                : Optional.empty();
    builder.build(http("/moved", Map.of())).close();
    builder.build(http("/elsewhere", Map.of())).close();
    assertThat(requests)
        .containsExactly(
            "/moved null Bearer t0ken",
            "/file.txt null Bearer t0ken",
            "/elsewhere null Bearer t0ken",
            "/file.txt null null");
    assertThatThrownBy(
            () -> builder.build(http("/moved", Map.of("http.authheadersecret", "missing"))))
        .hasMessageContaining("failed to retrieve HTTP auth secret missing");
  }

  @Test
  void onlyTheHeadersThatBuildKitLetsAGraphSetAreSent() throws IOException {
    Map<String, String> attrs =
        Map.of(
            "http.header.accept", "a/b", "http.header.User-Agent", "me", "http.header.cookie", "c");
    builder.build(http("/file.txt", attrs)).close();
    assertThat(told).containsExactly("a/b me null");
    // What the answer may depend on is part of what is remembered.
    builder.build(http("/file.txt", Map.of("http.header.accept", "c/d"))).close();
    assertThat(requests.getLast()).isEqualTo("/file.txt null null");
  }

  @Test
  void anUploadIsNoNetworkAddress() throws IOException {
    builder.uploads =
        path -> new ByteArrayInputStream(("upload " + path).getBytes(StandardCharsets.UTF_8));
    Node.Out upload =
        BuildFixture.source("http://buildkit-session/abc", Map.of("http.filename", "context"));
    try (Built built = builder.build(upload)) {
      assertThat(built.text("context")).isEqualTo("upload /abc");
    }
  }

  @Test
  void cancellingEndsADownloadThatHangs() throws Exception {
    try (CancellationSource source = new CancellationSource()) {
      CompletableFuture<Throwable> ended = new CompletableFuture<>();
      Node.Out slow = http("/slow", Map.of());
      Thread.ofVirtual()
          .start(() -> ended.complete(catchThrowable(() -> builder.build(slow, source))));
      while (!requests.contains("slow started")) {
        Thread.onSpinWait();
        Thread.yield();
      }
      source.cancel();
      assertThat(ended.get()).isInstanceOf(CancellationException.class);
    }
  }
}
