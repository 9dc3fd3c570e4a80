package dev.obdbuild.backstore.attach;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.obdbuild.backstore.config.ServiceSpec;
import dev.obdbuild.backstore.prefetch.AccelerationLayer;
import dev.obdbuild.linux.loop.LoopDevice;
import dev.obdbuild.linux.mount.MountFlag;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.linux.mount.Mounts;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import dev.obdbuild.overlaybd.trace.TraceRecord;
import dev.obdbuild.testkit.LoggedRequest;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.Shared;
import dev.obdbuild.testkit.SplitRandom;
import dev.obdbuild.testkit.TestRegistry;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Configurations and layers made by the original's tools, served as devices. */
@NeedsDevice
@NeedsShared
@Timeout(180)
final class ServingTest {
  private static final Path FIXTURES = Path.of("fixtures/overlaybd");
  private static final String BLOBS = "GET /v2/team/app/blobs";

  @TempDir Path folder = Path.of("");
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(MountTable.read().below(folder)).isEmpty();
    for (LoopDevice loop : LoopDevice.attached()) {
      assertThat(loop.backingFile().filter(file -> file.startsWith(folder))).isEmpty();
    }
    assertThat(attachments().list()).isEmpty();
  }

  private static Path fixture(String name) {
    return Shared.path(FIXTURES.resolve(name).toString());
  }

  private Attachments attachments() {
    return new Attachments(folder.resolve("run"));
  }

  private ServiceSpec service() throws IOException {
    String text =
        "{\"cacheConfig\": {\"cacheType\": \"file\", \"cacheDir\": \"%s\"},"
            + " \"credentialConfig\": {\"mode\": \"file\", \"path\": \"%s\"}}";
    return ServiceSpec.parse(
        text.formatted(folder.resolve("cache"), folder.resolve("cred.json")).getBytes(US_ASCII),
        "overlaybd.json");
  }

  private Serving serve(Path config) throws IOException {
    return Serving.start(config, service(), attachments(), log::add);
  }

  /** A configuration of the fixtures, with its places filled in. */
  private Path config(String name) throws IOException {
    String text = Files.readString(fixture("config/" + name + ".json"));
    return write(
        text.replace("$F", Shared.path(FIXTURES.toString()).toString())
            .replace("$W", folder.toString()));
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("config.v1.json"), text.replace('\'', '"'));
  }

  private String result() throws IOException {
    return Files.readString(folder.resolve("result"));
  }

  @Test
  void layersInFilesAreShownAsTheOriginalShowsThem() throws IOException {
    Path config =
        write(
            "{'lowers': [{'file': '%s'}, {'file': '%s'}], 'resultFile': '%s'}"
                .formatted(
                    fixture("lsmt/stack-2/layer0"),
                    fixture("lsmt/stack-2/layer1"),
                    folder.resolve("result")));
    try (Serving serving = serve(config)) {
      assertThat(result()).isEqualTo("success");
      assertThat(attachments().find(config.toString()).orElseThrow().node())
          .isEqualTo(serving.image().node());
      DeviceHashes.check(fixture("lsmt/stack-2/view.json"), serving.image().node());
      assertThat(serving.image().counts().device().read()).isGreaterThanOrEqualTo(1L << 30);
    }
    assertThat(log).isEmpty();
  }

  @Test
  void aLayerIsFoundInItsFolder() throws IOException {
    Files.createDirectory(folder.resolve("dir0"));
    Files.copy(fixture("lsmt/stack-3/layer0"), folder.resolve("dir0").resolve("overlaybd.commit"));
    try (Serving serving = serve(config("ro-dir"))) {
      assertThat(serving.image().size()).isEqualTo(1L << 30);
      assertThat(serving.image().isWritable()).isFalse();
    }
    assertThat(result()).isEqualTo("success");
  }

  @Test
  @NeedsTool("mount")
  void theFilesystemInLazilyReadLayersIsWhatTheOriginalMade() throws Exception {
    try (TestRegistry registry = TestRegistry.start()) {
      registry.requireToken("u", "p", 60);
      Files.writeString(
          folder.resolve("cred.json"),
          "{\"auths\": {\"%s/team\": {\"username\": \"u\", \"password\": \"p\"}}}"
              .formatted(registry.host()));
      List<String> lowers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        byte[] layer = Files.readAllBytes(fixture("apply/layer" + i));
        String digest = registry.putBlob("team/app", layer);
        // The middle one does not tell its size.
        lowers.add("{'digest': '%s', 'size': %d}".formatted(digest, i == 1 ? 0 : layer.length));
      }
      Path config =
          write(
              "{'repoBlobUrl': 'http://%s/v2/team/app/blobs', 'lowers': [%s]}"
                  .formatted(registry.host(), String.join(",", lowers)));
      Path mnt = Files.createDirectory(folder.resolve("mnt"));
      try (Serving serving = serve(config)) {
        DeviceHashes.check(fixture("apply/view2.json"), serving.image().node());
        Mounts.mount(
            serving.image().node().toString(), mnt, "ext4", Set.of(MountFlag.READ_ONLY), "");
        try {
          TreeCheck.check(fixture("apply/tree2.json"), mnt);
        } finally {
          Mounts.unmount(mnt);
        }
        assertThat(serving.image().counts().fetched()).isPositive();
      }
    }
  }

  @Test
  void damageOnTheWayIsAnErrorAtOnceAndTold() throws IOException {
    try (TestRegistry registry = TestRegistry.start()) {
      byte[] layer = Files.readAllBytes(fixture("apply/layer0"));
      // In the middle of compressed data, far from header, index and trailer.
      layer[layer.length / 2] ^= 0x10;
      String digest = registry.putBlob("team/app", layer);
      Path config =
          write(
              "{'repoBlobUrl': 'http://%s/v2/team/app/blobs', 'lowers': [{'digest': '%s', 'size': %d}]}"
                  .formatted(registry.host(), digest, layer.length));
      try (Serving serving = serve(config)) {
        assertThatThrownBy(() -> DeviceHashes.nonZero(serving.image().node(), 1L << 30))
            .isInstanceOf(IOException.class);
        assertThat(log).isNotEmpty();
        assertThat(log.getFirst()).contains(digest, "ZFile block", "at byte", "checksum");
        // One bad block spoils nothing else.
        assertThat(read(serving.image().node(), 0, 4096)).hasSize(4096);
        assertThat(serving.image().counts().device().failures()).isPositive();
      }
    }
  }

  private static byte[] read(Path node, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    try (FileChannel channel = FileChannel.open(node, StandardOpenOption.READ)) {
      while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position()) >= 0) {}
    }
    return buffer.array();
  }

  private static void write(Path node, long offset, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(node, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), offset);
      channel.force(true);
    }
  }

  @Test
  void whatIsWrittenToALogUpperIsThereTheNextTime() throws IOException {
    Uppers.createLog(folder.resolve("x.data"), folder.resolve("x.idx"), 1L << 30);
    writtenTwice(config("rw-log"));
  }

  @Test
  void whatIsWrittenToASparseUpperIsThereTheNextTime() throws IOException {
    Uppers.createSparse(folder.resolve("x.data"), folder.resolve("x.idx"), 1L << 30);
    writtenTwice(config("rw-log"));
  }

  @Test
  void anUpperWithoutASizeTakesThatOfTheLayers() throws IOException {
    Uppers.createLog(folder.resolve("x.data"), folder.resolve("x.idx"), 0);
    writtenTwice(config("rw-log"));
  }

  @Test
  void anUpperAloneIsADevice() throws IOException {
    Uppers.createLog(folder.resolve("x.data"), folder.resolve("x.idx"), 1L << 30);
    try (Serving serving = serve(config("no-lowers-upper-only"))) {
      assertThat(read(serving.image().node(), 8192, 4096)).containsOnly(0);
    }
  }

  private void writtenTwice(Path config) throws IOException {
    byte[] first = "first".repeat(2000).substring(0, 8192).getBytes(US_ASCII);
    byte[] second = "second".repeat(2000).substring(0, 8192).getBytes(US_ASCII);
    try (Serving serving = serve(config)) {
      assertThat(serving.image().isWritable()).isTrue();
      assertThat(serving.image().size()).isEqualTo(1L << 30);
      write(serving.image().node(), 40960, first);
      assertThatThrownBy(() -> serve(config)).hasMessageContaining("in use");
    }
    try (Serving serving = serve(config)) {
      assertThat(read(serving.image().node(), 40960, 8192)).isEqualTo(first);
      write(serving.image().node(), 1 << 20, second);
    }
    try (Serving serving = serve(config)) {
      assertThat(read(serving.image().node(), 40960, 8192)).isEqualTo(first);
      assertThat(read(serving.image().node(), 1 << 20, 8192)).isEqualTo(second);
    }
    assertThat(result()).isEqualTo("success");
  }

  @Test
  void aMissingLayerIsToldInTheResultFile() throws IOException {
    Path config = config("missing-file");
    assertThatThrownBy(() -> serve(config)).hasMessageContaining("/nonexistent");
    assertThat(result()).startsWith("failed:lowers[0]").contains("no repoBlobUrl");
  }

  @Test
  void aConfigurationThatMakesNoSenseIsToldInTheResultFile() throws IOException {
    Path config = config("lowers-object");
    assertThatThrownBy(() -> serve(config)).hasMessageContaining("lowers should be a list");
    assertThat(result()).startsWith("failed:").contains("lowers should be a list");
  }

  @Test
  void anUnreachableRegistryIsAnErrorAndNoHang() throws IOException {
    Path config =
        write(
            "{'repoBlobUrl': 'http://127.0.0.1:1/v2/a/b/blobs', 'lowers': [{'digest': 'sha256:%s', 'size': 9999}], 'resultFile': '%s'}"
                .formatted("0".repeat(64), folder.resolve("result")));
    assertThatThrownBy(() -> serve(config)).isInstanceOf(IOException.class);
    assertThat(result()).startsWith("failed:").contains("127.0.0.1:1");
  }

  @Test
  void servingEndsWhenItIsToldTo() throws Exception {
    try (Serving serving = serve(config("minimal"))) {
      CountDownLatch end = new CountDownLatch(1);
      end.countDown();
      serving.await(end);
    }
  }

  /** Puts the three layers of the fixtures' filesystem on a registry; yields the lowers. */
  private static String publish(TestRegistry registry) throws IOException {
    List<String> lowers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      byte[] layer = Files.readAllBytes(fixture("apply/layer" + i));
      String digest = registry.putBlob("team/app", layer);
      lowers.add("{'digest': '%s', 'size': %d}".formatted(digest, layer.length));
    }
    return String.join(",", lowers);
  }

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
            .noneMatch(ServingTest::isAwaited);
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
    String text =
        "{\"cacheConfig\": {\"cacheType\": \"file\", \"cacheDir\": \"%s\"},"
            + " \"p2pConfig\": {\"enable\": true, \"address\": \"%s\"}}";
    return ServiceSpec.parse(
        text.formatted(folder.resolve("cache"), node).getBytes(US_ASCII), "overlaybd.json");
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
      try (Serving serving =
          Serving.start(published(registry), through(address), attachments(), log::add)) {
        assertThat(read(serving.image().node(), 1024, 1024)).isNotEqualTo(new byte[1024]);
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
        Serving serving =
            Serving.start(
                published(registry), through("http://127.0.0.1:1/p2p"), attachments(), log::add)) {
      assertThat(read(serving.image().node(), 1024, 1024)).isNotEqualTo(new byte[1024]);
      assertThat(log).singleElement().asString().contains("http://127.0.0.1:1/p2p does not answer");
    }
  }
}
