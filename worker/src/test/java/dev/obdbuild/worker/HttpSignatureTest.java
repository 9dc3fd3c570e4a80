package dev.obdbuild.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.obdbuild.llb.Node;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.worker.BuildFixture.Built;
import dev.obdbuild.worker.signature.Gpg;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files of an HTTP server that GnuPG signed. */
@NeedsRoot
@NeedsDevice
@NeedsTool({"mke2fs", "gpg", "gpgconf"})
@Timeout(120)
final class HttpSignatureTest {

  @TempDir Path folder;
  private TestRegistry registry;
  private BuildFixture builder;
  private HttpServer server;
  private Gpg gpg;
  private String key = "";
  private final AtomicInteger sent = new AtomicInteger();
  private volatile String content = "content";

  @BeforeEach
  void open() throws Exception {
    registry = TestRegistry.start();
    builder = new BuildFixture(folder, registry, "unused");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    gpg = new Gpg(folder.resolve("home"));
    key = gpg.key("signer", "ed25519");
  }

  @AfterEach
  void close() throws Exception {
    server.stop(0);
    gpg.close();
    try (TestRegistry closing = registry) {
      builder.close();
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    String etag = "\"" + Digest.sha256(bytes).hex() + "\"";
    exchange.getResponseHeaders().set("ETag", etag);
    if (etag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
      exchange.sendResponseHeaders(304, -1);
    } else {
      sent.incrementAndGet();
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  private String sign(String text) throws Exception {
    return gpg.sign(Files.writeString(folder.resolve("signed"), text), "signer");
  }

  private Node.Out file(String signature, String... more) {
    Map<String, String> attrs = new HashMap<>();
    attrs.put("http.sig.pubkey", key);
    attrs.put("http.sig.signature", signature);
    for (int i = 0; i < more.length; i += 2) {
      attrs.put(more[i], more[i + 1]);
    }
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/file";
    return BuildFixture.source(url, attrs);
  }

  @Test
  void whatWasSignedIsTakenAndFetchedOnce() throws Exception {
    String signature = sign("content");
    for (int i = 0; i < 3; i++) {
      try (Built built = builder.build(file(signature))) {
        assertThat(built.text("file")).isEqualTo("content");
      }
    }
    assertThat(sent).hasValue(1);
    content = "changed";
    assertThatThrownBy(() -> builder.build(file(signature)))
        .hasMessageContaining("failed to verify pgp signature: signature by ");
    try (Built built = builder.build(file(sign("changed")))) {
      assertThat(built.text("file")).isEqualTo("changed");
    }
  }

  @Test
  void anotherSignatureOverTheSameBytesIsLookedAtAnew() throws Exception {
    builder.build(file(sign("content"))).close();
    String other = sign("other");
    assertThatThrownBy(() -> builder.build(file(other)))
        .hasMessageContaining("failed to verify pgp signature");
    String signature = sign("content");
    key = gpg.key("nobody", "ed25519");
    assertThatThrownBy(() -> builder.build(file(signature)))
        .hasMessageContaining("failed to verify pgp signature")
        .hasMessageContaining("signature made by unknown entity");
  }

  @Test
  void aChecksumDoesNotSpareTheSignature() throws Exception {
    String right = Digest.sha256("content".getBytes(StandardCharsets.UTF_8)).toString();
    String other = sign("other");
    assertThatThrownBy(() -> builder.build(file(other, "http.checksum", right)))
        .hasMessageContaining("failed to verify pgp signature");
    String signature = sign("content");
    builder.build(file(signature, "http.checksum", right)).close();
    int before = sent.get();
    builder.build(file(signature, "http.checksum", right)).close();
    assertThat(sent).hasValue(before);
    assertThat(builder.cached).hasSize(1);
    String wrong = Digest.sha256(new byte[1]).toString();
    assertThatThrownBy(() -> builder.build(file(signature, "http.checksum", wrong)))
        .hasMessageContaining("digest mismatch for ");
  }

  @Test
  void halfOfItIsRefusedAndNonsenseNamed() throws Exception {
    assertThatThrownBy(() -> builder.build(file("")))
        .hasMessageContaining("http signature verification requires both pubkey and signature");
    assertThatThrownBy(() -> builder.build(file("nonsense")))
        .hasMessageContaining("failed to verify pgp signature: failed to decode");
    String signature = sign("content");
    key = "nonsense";
    assertThatThrownBy(() -> builder.build(file(signature)))
        .hasMessageContaining("no armored data found");
  }

  @Test
  void anUploadCanBeSignedToo() throws Exception {
    builder.uploads = path -> new ByteArrayInputStream("up".getBytes(StandardCharsets.UTF_8));
    Map<String, String> attrs =
        Map.of("http.filename", "f", "http.sig.pubkey", key, "http.sig.signature", sign("up"));
    try (Built built = builder.build(BuildFixture.source("http://buildkit-session/a", attrs))) {
      assertThat(built.text("f")).isEqualTo("up");
    }
  }
}
