package dev.obdbuild.backstore.attach;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.obdbuild.backstore.config.ServiceSpec;
import dev.obdbuild.backstore.prefetch.AccelerationLayer;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import dev.obdbuild.overlaybd.trace.TraceRecord;
import dev.obdbuild.testkit.LoggedRequest;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.SplitRandom;
import dev.obdbuild.testkit.TestRegistry;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What attached images have read before somebody asks, and through whom. */
@NeedsDevice
@NeedsShared
@Timeout(180)
final class ReadAheadServingTest extends ServingFixture {
  /** A layer of 32 MiB that nothing compresses. */
  private static byte[] incompressible() throws IOException {
    MemoryFile file = new MemoryFile();
    WritableLayer layer = SparseLayer.create(file, 32 << 20);
    byte[] bytes = SplitRandom.bytes(new SplittableRandom(7), 32 << 20);
    layer.write(0, MemorySegment.ofArray(bytes));
    layer.seal().close();
    byte[] blob = new byte[Math.toIntExact(file.size())];
    file.read(0, MemorySegment.ofArray(blob));
    return blob;
  }

  /** Where a program reads when it starts: here and there a few reads not far from each other. */
  private static List<Long> hereAndThere() {
    List<Long> offsets = new ArrayList<>();
    for (int place = 0; place < 20; place++) {
      for (int near = 0; near < 4; near++) {
        offsets.add((place * 7 % 20) * (1536L << 10) + near * (80L << 10));
      }
    }
    return offsets;
  }

  /** Reads all of them; yields the requests for blobs that were sent meanwhile. */
  private static List<LoggedRequest> readHereAndThere(TestRegistry registry, Path node)
      throws IOException {
    int before = registry.count(BLOBS);
    for (long offset : hereAndThere()) {
      assertThat(read(node, offset, 4096)).isNotEqualTo(new byte[4096]);
    }
    List<LoggedRequest> requests = registry.requests(BLOBS);
    return requests.subList(before, requests.size());
  }

  /** Whether a request is for bytes that were read, and not for some ahead of them. */
  private static boolean isAwaited(LoggedRequest request) {
    String[] range = request.header("range").orElseThrow().substring(6).split("-");
    long from = Long.parseLong(range[0]);
    long to = Long.parseLong(range[1]);
    // The layer's data begins behind its header.
    return hereAndThere().stream().map(o -> o + 4096).anyMatch(at -> at >= from && at <= to);
  }

  private void awaitPrefetch() {
    while (log.stream().noneMatch(line -> line.startsWith("prefetched"))) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aReplayedTraceSparesReadersTheirRoundTripsAndTheRegistryHalfOfTheRequests()
      throws Exception {
    try (TestRegistry registry = TestRegistry.start()) {
      Path trace = Files.createFile(folder.resolve("trace"));
      byte[] layer = incompressible();
      Path config =
          write(
              "{'repoBlobUrl': 'http://%s/v2/team/app/blobs', 'lowers': [{'digest': '%s', 'size': %d}], 'recordTracePath': '%s'}"
                  .formatted(
                      registry.host(), registry.putBlob("team/app", layer), layer.length, trace));
      int cold;
      try (Serving serving = serve(config)) {
        assertThat(folder.resolve("trace.lock")).exists();
        cold = readHereAndThere(registry, serving.image().node()).size();
      }
      assertThat(folder.resolve("trace.ok")).exists();
      assertThat(folder.resolve("trace.lock")).doesNotExist();
      forgetBlocks();
      registry.clearLog();
      log.clear();
      try (Serving serving = serve(config)) {
        awaitPrefetch();
        assertThat(registry.count(BLOBS)).isLessThanOrEqualTo(cold / 2);
        assertThat(readHereAndThere(registry, serving.image().node()))
            .noneMatch(ReadAheadServingTest::isAwaited);
      }
    }
  }

  private void forgetBlocks() throws IOException {
    try (var files = Files.list(folder.resolve("cache"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void removingTheLockEndsARecording() throws IOException {
    Path trace = Files.createFile(folder.resolve("trace"));
    Path config =
        write(
            "{'lowers': [{'file': '%s'}], 'recordTracePath': '%s'}"
                .formatted(fixture("apply/layer0"), trace));
    try (Serving serving = serve(config)) {
      assertThat(read(serving.image().node(), 0, 4096)).hasSize(4096);
      Files.delete(folder.resolve("trace.lock"));
      while (!Files.exists(folder.resolve("trace.ok"))) {
        Thread.onSpinWait();
      }
      assertThat(AccelerationLayer.read(trace)).isNotEmpty();
    }
  }

  @Test
  void aTopLayerThatIsATraceIsNoPartOfTheDevice() throws Exception {
    try (TestRegistry registry = TestRegistry.start()) {
      Path accelerated = Files.createDirectory(folder.resolve("accelerated"));
      AccelerationLayer.write(
          List.of(new TraceRecord(0, 4096, 100_000), new TraceRecord(2, 4096, 8192)),
          accelerated.resolve("trace"));
      Path config =
          write(
              "{'repoBlobUrl': 'http://%s/v2/team/app/blobs', 'lowers': [%s, {'dir': '%s'}], 'accelerationLayer': true}"
                  .formatted(registry.host(), publish(registry), accelerated));
      try (Serving serving = serve(config)) {
        awaitPrefetch();
        assertThat(serving.image().size()).isEqualTo(1L << 30);
        assertThat(read(serving.image().node(), 1024, 1024)).isNotEqualTo(new byte[1024]);
      }
      assertThat(log).singleElement().asString().startsWith("prefetched");
    }
  }

  @Test
  void aTraceThatIsNoneOnlyCostsThePrefetch() throws IOException {
    Path trace = Files.write(folder.resolve("trace"), new byte[100]);
    Path config =
        write(
            "{'lowers': [{'file': '%s'}], 'recordTracePath': '%s'}"
                .formatted(fixture("apply/layer0"), trace));
    try (Serving serving = serve(config)) {
      assertThat(read(serving.image().node(), 0, 4096)).hasSize(4096);
    }
    assertThat(log).singleElement().asString().startsWith("no prefetch: " + trace);
  }

  @Test
  void aListOfFilesIsReadAhead() throws Exception {
    Path list = Files.writeString(folder.resolve("list"), "/etc/passwd\n/no/such\n/usr/\n");
    Path config =
        write(
            "{'lowers': [{'file': '%s'}], 'recordTracePath': '%s'}"
                .formatted(fixture("apply/layer0"), list));
    try (Serving serving = serve(config)) {
      awaitPrefetch();
      assertThat(serving.image().size()).isPositive();
    }
    assertThat(log.getFirst()).isEqualTo("no prefetch: there is no /no/such");
    assertThat(log.getLast()).matches("prefetched [1-9][0-9]+ bytes by [0-9]+ reads");
  }

  private ServiceSpec through(String node) throws IOException {
    return service(
        "'enableAudit': false, 'p2pConfig': {'enable': true, 'address': '" + node + "'}");
  }

  private Path published(TestRegistry registry) throws IOException {
    return write(
        "{'repoBlobUrl': 'http://%s/v2/team/app/blobs', 'lowers': [%s]}"
            .formatted(registry.host(), publish(registry)));
  }

  @Test
  void layersComeThroughAPeerToPeerNodeThatAnswers() throws IOException {
    List<String> asked = Collections.synchronizedList(new ArrayList<>());
    HttpServer node =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    node.createContext(
        "/p2p/",
        exchange -> {
          String url = exchange.getRequestURI().getRawPath().substring("/p2p/".length());
          asked.add(url);
          exchange.getResponseHeaders().add("Location", url);
          exchange.sendResponseHeaders(307, -1);
          exchange.close();
        });
    node.start();
    try (TestRegistry registry = TestRegistry.start()) {
      String address = "127.0.0.1:" + node.getAddress().getPort() + "/p2p";
      try (Serving serving = serve(published(registry), through(address))) {
        assertThat(read(serving.image().node(), 1024, 1024)).isNotEqualTo(new byte[1024]);
        assertThat(serving.image().metrics())
            .contains("obd_source_bytes_total{source=\"registry\"} 0\n")
            .doesNotContain("obd_source_bytes_total{source=\"p2p\"} 0\n");
      }
      assertThat(asked)
          .isNotEmpty()
          .allSatisfy(
              url ->
                  assertThat(url)
                      .startsWith("http://" + registry.host() + "/v2/team/app/blobs/sha256:"));
      assertThat(log).isEmpty();
    } finally {
      node.stop(0);
    }
  }

  @Test
  void aPeerToPeerNodeThatDoesNotAnswerIsPassedOver() throws IOException {
    try (TestRegistry registry = TestRegistry.start();
        Serving serving = serve(published(registry), through("http://127.0.0.1:1/p2p"))) {
      assertThat(read(serving.image().node(), 1024, 1024)).isNotEqualTo(new byte[1024]);
      assertThat(log).singleElement().asString().contains("http://127.0.0.1:1/p2p does not answer");
    }
  }
}
