package dev.obdbuild.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registries behave as their documents say, seen through a plain HTTP client. */
final class TestRegistryTest {
  @AutoClose private final HttpClient http = HttpClient.newHttpClient();
  @AutoClose private TestRegistry registry;

  @BeforeEach
  void start() throws IOException {
    registry = TestRegistry.start();
  }

  private HttpResponse<byte[]> send(String host, String method, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + host + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  @Test
  void givesABlobWholeAndInRanges() throws Exception {
    String digest = registry.putBlob("a/b", "hello world".getBytes(StandardCharsets.UTF_8));
    String path = "/v2/a/b/blobs/" + digest;
    assertThat(send(registry.host(), "GET", path).body()).asString().isEqualTo("hello world");
    HttpResponse<byte[]> part = send(registry.host(), "GET", path, "Range", "bytes=6-8");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).asString().isEqualTo("wor");
    assertThat(registry.count("GET /v2/a/b/blobs/")).isEqualTo(2);
  }

  @Test
  void plantedFaultsHitTheRequestsTheyAreMeantForAndNoMore() throws Exception {
    String digest = registry.putBlob("a", new byte[1000]);
    String path = "/v2/a/blobs/" + digest;
    registry
        .failNext(1, "GET .*/blobs/", Fault.tooMany(7))
        .failNext(1, "GET .*/blobs/", new Fault.Truncate(10));
    HttpResponse<byte[]> first = send(registry.host(), "GET", path);
    assertThat(first.statusCode()).isEqualTo(429);
    assertThat(first.headers().firstValue("Retry-After")).contains("7");
    assertThatThrownBy(() -> send(registry.host(), "GET", path)).isInstanceOf(IOException.class);
    assertThat(send(registry.host(), "GET", path).body()).hasSize(1000);
  }

  @Test
  void refusesUploadsOfAnotherDigest() throws Exception {
    String location =
        send(registry.host(), "POST", "/v2/a/blobs/uploads/")
            .headers()
            .firstValue("Location")
            .orElseThrow();
    HttpResponse<byte[]> put = send(registry.host(), "PUT", location + "&digest=sha256:00");
    assertThat(put.statusCode()).isEqualTo(400);
    assertThat(new String(put.body(), StandardCharsets.UTF_8)).contains("DIGEST_INVALID");
  }

  @Test
  @NeedsTool("docker-registry")
  void theRealRegistryStartsAndAnswers(@TempDir Path folder) throws Exception {
    try (RealRegistry real = RealRegistry.start(folder)) {
      assertThat(send(real.host(), "GET", "/v2/").statusCode()).isEqualTo(200);
    }
  }

  @Test
  @NeedsTool("skopeo")
  void aTinyImageIsReadBySkopeo(@TempDir Path folder) throws Exception {
    TinyImage image = TinyImage.of(Map.of("etc/motd", "hi\n"), Map.of("b", "2"));
    image.writeLayout(folder, "1");
    Process skopeo =
        new ProcessBuilder("skopeo", "inspect", "oci:" + folder + ":1")
            .redirectErrorStream(true)
            .start();
    String said = new String(skopeo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(skopeo.waitFor()).as(said).isZero();
    assertThat(said).contains(image.digest());
  }

  @Test
  @NeedsShared
  void theSharedFolderHasFixtures() {
    assertThat(Shared.path("fixtures")).isDirectory();
  }

  @Test
  void aFailureTellsItsSeed() {
    assertThatThrownBy(() -> SplitRandom.run(42, random -> assertThat(random.nextInt()).isNull()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("-Dobd.seed=42");
  }
}
