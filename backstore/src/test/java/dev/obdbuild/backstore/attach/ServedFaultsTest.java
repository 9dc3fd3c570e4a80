package dev.obdbuild.backstore.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.backstore.cache.BlockCache;
import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.device.FuseLoopExporter;
import dev.obdbuild.backstore.metrics.DeviceMeter;
import dev.obdbuild.backstore.remote.LayerSamples;
import dev.obdbuild.backstore.remote.LayerSamples.Shape;
import dev.obdbuild.backstore.remote.RemoteLayers;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.registry.Login;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.registry.RegistryConfig;
import dev.obdbuild.oci.registry.RetryPolicy;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.testkit.Fault;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.SmallDisk;
import dev.obdbuild.testkit.TestRegistry;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What registry, network and cache do wrong, seen by who reads the device: what passes is not
 * noticed, what lasts is an I/O error that the log explains, and when it ends the next read works.
 */
@NeedsRoot
@NeedsDevice
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ServedFaultsTest {
  private static final Shape SHAPE = new Shape(4 << 20, 4, 1 << 20, 1 << 20);
  private static final int SIZE = 4 << 20;

  @TempDir Path folder;
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private TestRegistry registry;
  private byte[] blob;
  private byte[] plain;
  private LayerBlob layer;

  @BeforeEach
  void start() throws IOException {
    registry = TestRegistry.start();
    blob = LayerSamples.blob(SHAPE, 5);
    plain = LayerSamples.plain(SHAPE, 5);
    registry.putBlob("r", blob);
    layer = new LayerBlob(LayerSamples.descriptor(blob), new Repository(registry.host(), "r"));
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private String digest() {
    return layer.descriptor().digest().toString();
  }

  private static RegistryConfig config(int attempts, Duration deadline) {
    return RegistryConfig.defaults()
        .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(300))
        .withRetry(new RetryPolicy(attempts, Duration.ofMillis(2), Duration.ofSeconds(2), deadline))
        .withReadDeadline(deadline);
  }

  private static final RegistryConfig PATIENT = config(6, Duration.ofSeconds(20));
  private static final RegistryConfig HURRIED = config(2, Duration.ofSeconds(3));

  private interface Reading {
    void run(Path node) throws Exception;
  }

  /** Serves the layer with a client of its own, and the cache in {@code folder/cache}. */
  private void serving(RegistryConfig config, Reading reading) throws Exception {
    Path cached = Files.createDirectories(folder.resolve("cache"));
    Path devices = Files.createDirectories(folder.resolve("dev"));
    try (RegistryClient client =
            new RegistryClient(config, host -> Optional.of(new Login("me", "secret")));
        BlockCache cache = BlockCache.open(cached, 1 << 30);
        Layer opened = new RemoteLayers(client, cache).open(layer);
        FuseLoopExporter exporter = new FuseLoopExporter(devices);
        ImageDevice device =
            new ImageDevice(
                LayerStack.of(List.of(opened)),
                Optional.empty(),
                true,
                new DeviceMeter(),
                new FailureLog("image", log::add));
        ExportedDevice exported = exporter.export(device, "faults", true)) {
      reading.run(exported.node());
    }
  }

  private void readsAll(Path node) throws IOException {
    byte[] got = NodeIo.read(node, 0, SIZE);
    assertThat(Arrays.mismatch(got, plain)).isEqualTo(-1);
  }

  @ParameterizedTest
  @MethodSource("dev.obdbuild.testkit.Fault#passing")
  void whatPassesIsNotNoticed(Fault fault) throws Exception {
    serving(
        PATIENT,
        node -> {
          registry.failNext(2, "GET .*/blobs/", fault);
          readsAll(node);
          assertThat(registry.faultsLeft()).isZero();
          assertThat(log).isEmpty();
        });
  }

  /**
   * Fetches that began before the end of the fault may fail after it, and who joins them with them.
   */
  private static void awaitWhatIsUnderWay(Path node) {
    for (int tries = 0; tries < 10; tries++) {
      try {
        NodeIo.read(node, 0, SIZE);
        return;
      } catch (IOException stillUnderWay) {
        assertThat(stillUnderWay).hasMessageContaining("Input/output error");
      }
    }
  }

  /** A byte that is wrong at one place of each answer may be right in the next one. */
  static List<Fault> lasting() {
    return Fault.passing().stream().filter(fault -> !(fault instanceof Fault.Corrupt)).toList();
  }

  @ParameterizedTest
  @MethodSource("lasting")
  void whatLastsIsAnErrorThatTheLogExplainsAndItsEndIsTheEnd(Fault fault) throws Exception {
    serving(
        HURRIED,
        node -> {
          registry.failNext(Integer.MAX_VALUE, "GET .*/blobs/", fault);
          assertThatThrownBy(() -> NodeIo.read(node, 1 << 20, 1 << 20))
              .isInstanceOf(IOException.class)
              .hasMessageContaining("Input/output error");
          assertThat(log).isNotEmpty();
          assertThat(log.getFirst()).matches("image: read of \\d+ bytes at \\d+ failed: .*");
          assertThat(log.getFirst()).contains(digest());
          registry.heal();
          awaitWhatIsUnderWay(node);
          readsAll(node);
        });
  }

  @Test
  void aTokenThatExpiresBetweenTwoReadsIsRenewed() throws Exception {
    registry.requireToken("me", "secret", 60);
    serving(
        PATIENT,
        node -> {
          assertThat(NodeIo.read(node, 0, 4096)).isEqualTo(Arrays.copyOf(plain, 4096));
          registry.revokeTokens();
          readsAll(node);
          assertThat(log).isEmpty();
        });
  }

  @Test
  void aTokenThatExpiresWithinOneReadIsRenewed() throws Exception {
    registry.requireToken("me", "secret", 60);
    serving(
        PATIENT,
        node -> {
          registry.revokeTokensAfter(2);
          readsAll(node);
          assertThat(registry.count("GET /token")).isEqualTo(2);
          assertThat(registry.count("GET .*/blobs/")).isGreaterThan(3);
          assertThat(log).isEmpty();
        });
  }

  @Test
  void otherBytesUnderTheDigestAreAnErrorThatNamesDigestBlockAndOffset() throws Exception {
    serving(
        PATIENT,
        node -> {
          byte[] other = new byte[blob.length];
          new Random(1).nextBytes(other);
          registry.replaceBlob("r", digest(), other);
          assertThatThrownBy(() -> NodeIo.read(node, 2 << 20, 4096))
              .isInstanceOf(IOException.class)
              .hasMessageContaining("Input/output error");
          assertThat(log.getFirst())
              .contains("read of 4096 bytes at " + (2 << 20), digest(), "ZFile block", "at byte");
          registry.replaceBlob("r", digest(), blob);
          readsAll(node);
        });
  }

  @Test
  void aBlobThatWasDeletedIsAnErrorUntilItIsBack() throws Exception {
    serving(
        HURRIED,
        node -> {
          registry.deleteBlob("r", digest());
          assertThatThrownBy(() -> NodeIo.read(node, 2 << 20, 4096))
              .isInstanceOf(IOException.class);
          assertThat(log.getFirst()).contains(digest(), "404");
          registry.putBlob("r", blob);
          readsAll(node);
        });
  }

  private Path cacheFile(String kind) {
    return folder.resolve("cache").resolve(layer.descriptor().digest().hex() + kind);
  }

  @Test
  void aCacheFileThatIsCutOffOrSpoiledUnderADeviceIsFetchedAgain() throws Exception {
    serving(
        PATIENT,
        node -> {
          readsAll(node);
          try (OpenFile data = OpenFile.readWrite(cacheFile(".data"))) {
            data.write(MemorySegment.ofArray(new byte[300_000]), 1 << 20);
            data.truncate(3 << 20);
          }
          readsAll(node);
          try (OpenFile map = OpenFile.readWrite(cacheFile(".map"))) {
            map.truncate(40);
          }
          readsAll(node);
          Files.delete(cacheFile(".map"));
          Files.delete(cacheFile(".data"));
          readsAll(node);
          assertThat(log).isEmpty();
        });
    serving(PATIENT, this::readsAll);
  }

  @Test
  void aFullDiskUnderTheCacheCostsNoReader() throws Exception {
    Path cache = Files.createDirectories(folder.resolve("cache"));
    try (SmallDisk disk = SmallDisk.on(cache, 1)) {
      serving(
          PATIENT,
          node -> {
            readsAll(node);
            readsAll(node);
            assertThat(log).isEmpty();
          });
      disk.resize(64);
      registry.clearLog();
      serving(PATIENT, this::readsAll);
      registry.clearLog();
      serving(PATIENT, this::readsAll);
      // With room again it keeps what it reads.
      assertThat(registry.count("GET .*/blobs/")).isZero();
    }
  }
}
