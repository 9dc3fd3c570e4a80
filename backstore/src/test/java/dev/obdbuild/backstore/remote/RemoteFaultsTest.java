package dev.obdbuild.backstore.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.backstore.cache.BlockCache;
import dev.obdbuild.backstore.remote.LayerSamples.Shape;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.HostConfig;
import dev.obdbuild.oci.registry.Login;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.registry.RegistryConfig;
import dev.obdbuild.oci.registry.RetryPolicy;
import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.testkit.Fault;
import dev.obdbuild.testkit.TestRegistry;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a registry or a disk does wrong does not reach who reads a layer, or ends with EIO. */
@Timeout(60)
class RemoteFaultsTest {

  private static final Shape SHAPE = new Shape(16 << 20, 8, 1 << 20, 1 << 20);
  private static final int SIZE = 8 << 20;

  @TempDir Path folder;
  private TestRegistry registry;
  private byte[] blob;
  private byte[] plain;
  private LayerBlob layer;

  @BeforeEach
  void start() throws IOException {
    registry = TestRegistry.start();
    blob = LayerSamples.blob(SHAPE, 9);
    plain = LayerSamples.plain(SHAPE, 9);
    registry.putBlob("r", blob);
    layer = new LayerBlob(LayerSamples.descriptor(blob), new Repository(registry.host(), "r"));
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private static RegistryConfig config() {
    return RegistryConfig.defaults()
        .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(500))
        .withRetry(
            new RetryPolicy(6, Duration.ofMillis(2), Duration.ofSeconds(2), Duration.ofSeconds(20)))
        .withReadDeadline(Duration.ofSeconds(20));
  }

  /** A layer, opened with a client and a cache of its own. */
  private interface Reading {
    void run(LayerStack stack) throws Exception;
  }

  private void reading(RegistryConfig config, Reading reading) throws Exception {
    try (RegistryClient client =
            new RegistryClient(config, host -> Optional.of(new Login("me", "secret")));
        BlockCache cache = BlockCache.open(folder, 1 << 30);
        Layer opened = new RemoteLayers(client, cache).open(layer)) {
      reading.run(LayerStack.of(List.of(opened)));
    }
  }

  private byte[] read(LayerStack stack, int offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    stack.read(offset, MemorySegment.ofArray(bytes));
    return bytes;
  }

  private void readRandomly(LayerStack stack) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < 6; t++) {
        Random random = new Random(t);
        running.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 40; i++) {
                    int length = 1 + random.nextInt(200_000);
                    int offset = random.nextInt(SIZE - length);
                    assertThat(
                            Arrays.equals(
                                read(stack, offset, length),
                                Arrays.copyOfRange(plain, offset, offset + length)))
                        .isTrue();
                  }
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.obdbuild.testkit.Fault#passing")
  void what_passes_is_not_seen(Fault fault) throws Exception {
    reading(
        config(),
        stack -> {
          registry.failNext(2, "GET .*/blobs/", fault);
          readRandomly(stack);
          assertThat(registry.faultsLeft()).isZero();
        });
  }

  @ParameterizedTest
  @MethodSource("dev.obdbuild.testkit.Fault#passing")
  void a_layer_opens_in_spite_of_what_passes(Fault fault) throws Exception {
    registry.failNext(1, "GET .*/blobs/", fault);
    reading(config(), stack -> assertThat(read(stack, 0, SIZE)).isEqualTo(plain));
    assertThat(registry.faultsLeft()).isZero();
  }

  @Test
  void a_token_that_ends_in_between_is_renewed() throws Exception {
    registry.requireToken("me", "secret", 60);
    reading(
        config(),
        stack -> {
          read(stack, 0, 4096);
          registry.revokeTokens();
          registry.clearLog();
          readRandomly(stack);
          assertThat(registry.count("GET /token")).isEqualTo(1);
        });
  }

  @Test
  void a_byte_that_the_registry_always_gets_wrong_is_an_error_that_names_it() throws Exception {
    reading(
        config(),
        stack -> {
          byte[] other = blob.clone();
          other[4_000_000] ^= 1;
          registry.replaceBlob("r", layer.descriptor().digest().toString(), other);
          assertThatThrownBy(() -> read(stack, 0, SIZE))
              .isInstanceOf(FormatException.class)
              .hasMessageContaining(layer.descriptor().digest().toString())
              .hasMessageContaining("ZFile block")
              .hasMessageContaining("and the same when read again");
          registry.replaceBlob("r", layer.descriptor().digest().toString(), blob);
          assertThat(read(stack, 0, SIZE)).isEqualTo(plain);
        });
  }

  @Test
  void a_byte_that_a_mirror_gets_wrong_comes_from_the_registry() throws Exception {
    try (TestRegistry mirror = TestRegistry.start()) {
      byte[] other = blob.clone();
      other[4_000_000] ^= 1;
      mirror.replaceBlob("r", layer.descriptor().digest().toString(), other);
      reading(
          config()
              .withHost(registry.host(), HostConfig.DEFAULT.withMirrors(List.of(mirror.host()))),
          stack -> assertThat(read(stack, 0, SIZE)).isEqualTo(plain));
      assertThat(mirror.count("GET .*/blobs/")).isPositive();
      assertThat(registry.count("GET .*/blobs/")).isPositive();
    }
  }

  @Test
  void other_bytes_under_the_digest_are_no_layer() {
    registry.replaceBlob("r", layer.descriptor().digest().toString(), new byte[blob.length]);
    assertThatThrownBy(() -> reading(config(), stack -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(layer.descriptor().digest().toString());
  }

  private void flip(long at) throws IOException {
    Path data = folder.resolve(layer.descriptor().digest().hex() + ".data");
    try (OpenFile file = OpenFile.readWrite(data)) {
      byte[] one = new byte[1];
      file.readFully(MemorySegment.ofArray(one), at);
      one[0] ^= 4;
      file.write(MemorySegment.ofArray(one), at);
    }
  }

  @Test
  void bytes_that_the_disk_gets_wrong_are_fetched_again() throws Exception {
    reading(config(), stack -> read(stack, 0, SIZE));
    for (int at : new int[] {100, 600, 1100, 5_000_000, blob.length - 100, blob.length - 3000}) {
      flip(at);
    }
    registry.clearLog();
    reading(config(), stack -> assertThat(read(stack, 0, SIZE)).isEqualTo(plain));
    assertThat(registry.count("GET .*/blobs/")).isPositive();
    registry.clearLog();
    reading(config(), stack -> assertThat(read(stack, 0, SIZE)).isEqualTo(plain));
    assertThat(registry.count("GET .*/blobs/")).isZero();
  }

  @Test
  void a_registry_that_is_gone_fails_reads_in_bounded_time_and_is_found_again() throws Exception {
    Random random = new Random(2);
    reading(
        config()
            .withRetry(
                new RetryPolicy(
                    3, Duration.ofMillis(2), Duration.ofSeconds(1), Duration.ofSeconds(5))),
        stack -> {
          registry.failNext(1000, "GET .*/blobs/", new Fault.Reset());
          for (int i = 0; i < 5; i++) {
            int offset = random.nextInt(SIZE - 4096);
            assertThatThrownBy(() -> read(stack, offset, 4096)).isInstanceOf(IOException.class);
          }
          registry.heal();
          assertThat(read(stack, 0, SIZE)).isEqualTo(plain);
        });
  }

  @Test
  void many_layers_open_at_once_in_one_request_each() throws Exception {
    List<LayerBlob> blobs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      // Larger ones than are fetched whole.
      byte[] bytes = LayerSamples.blob(new Shape(16 << 20, i % 2 == 0 ? 20 : 60, 4096, 8192), i);
      registry.putBlob("r", bytes);
      blobs.add(new LayerBlob(LayerSamples.descriptor(bytes), layer.repository()));
    }
    try (RegistryClient client = new RegistryClient(config(), Credentials.none());
        BlockCache cache = BlockCache.open(folder, 1 << 30)) {
      registry.clearLog();
      List<Layer> layers = new RemoteLayers(client, cache).open(blobs);
      assertThat(registry.count("GET .*/blobs/")).isEqualTo(100);
      assertThat(registry.count(".*")).isLessThanOrEqualTo(101);
      for (Layer one : layers) {
        one.close();
      }
    }
  }
}
