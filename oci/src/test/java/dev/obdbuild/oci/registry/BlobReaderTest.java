package dev.obdbuild.oci.registry;

import static dev.obdbuild.oci.registry.RegistryFixture.client;
import static dev.obdbuild.oci.registry.RegistryFixture.descriptor;
import static dev.obdbuild.oci.registry.RegistryFixture.random;
import static dev.obdbuild.oci.registry.RegistryFixture.repository;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.testkit.Fault;
import dev.obdbuild.testkit.LoggedRequest;
import dev.obdbuild.testkit.SplitRandom;
import dev.obdbuild.testkit.TestRegistry;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class BlobReaderTest {
  private static final int SIZE = 10 << 20;

  @AutoClose private final RegistryClient client = client();
  @AutoClose private TestRegistry registry;
  private byte[] blob;
  private BlobReader reader;

  @BeforeEach
  void start() throws IOException {
    registry = TestRegistry.start();
    blob = random(SIZE);
    registry.putBlob("r", blob);
    reader = client.reader(repository(registry, "r"), descriptor(blob));
  }

  private byte[] read(long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    reader.read(offset, MemorySegment.ofArray(bytes));
    return bytes;
  }

  private byte[] expected(long offset, int length) {
    return Arrays.copyOfRange(blob, (int) offset, (int) offset + length);
  }

  @Test
  void asksOnlyForWhatIsRead() throws Exception {
    assertThat(read(1000, 4096)).isEqualTo(expected(1000, 4096));
    assertThat(reader.fetchedBytes()).isEqualTo(4096);
    LoggedRequest request = registry.requests("GET .*/blobs/").getLast();
    assertThat(request.header("range")).contains("bytes=1000-5095");
  }

  @Test
  void aLargeReadIsSharedByConnections() throws Exception {
    assertThat(read(5, SIZE - 5)).isEqualTo(expected(5, SIZE - 5));
    assertThat(registry.count("GET .*/blobs/")).isEqualTo(3);
  }

  @Test
  void neighboursAreAskedForTogether() throws Exception {
    List<BlobReader.Range> ranges = new ArrayList<>();
    for (int offset : new int[] {900_000, 100_000, 104_096, 130_000}) {
      ranges.add(new BlobReader.Range(offset, MemorySegment.ofArray(new byte[4096])));
    }
    reader.readMany(ranges);
    for (BlobReader.Range range : ranges) {
      assertThat(range.dst().toArray(ValueLayout.JAVA_BYTE))
          .isEqualTo(expected(range.offset(), 4096));
    }
    assertThat(registry.count("GET .*/blobs/")).isEqualTo(2);
  }

  @Test
  void readsPastTheEndAreRefused() {
    assertThatThrownBy(() -> read(SIZE - 10, 11))
        .isInstanceOf(EOFException.class)
        .hasMessageContaining("11 bytes at");
    assertThat(registry.count("GET .*/blobs/")).isZero();
  }

  @Test
  void brokenAnswersAreContinuedWhereTheyBroke() throws Exception {
    registry
        .failNext(1, "GET .*/blobs/", new Fault.Truncate(70_000))
        .failNext(1, "GET .*/blobs/", new Fault.Stall(10_000))
        .failNext(1, "GET .*/blobs/", new Fault.Reset())
        .failNext(1, "GET .*/blobs/", Fault.status(502, "BAD"));
    assertThat(read(100, 200_000)).isEqualTo(expected(100, 200_000));
    List<LoggedRequest> requests = registry.requests("GET .*/blobs/");
    // How much of a broken answer gets through is the network's affair.
    assertThat(requests.getLast().header("range").orElseThrow()).matches("bytes=[0-9]{4,6}-200099");
  }

  @Test
  void aRegistryWithoutRangesServesToo() throws Exception {
    registry.ignoreRanges();
    assertThat(read(70_000, 1000)).isEqualTo(expected(70_000, 1000));
  }

  @Test
  void aRedirectIsKeptAndCarriesNoLogin() throws Exception {
    registry.redirectBlobs().requireBasic("me", "secret");
    try (RegistryClient signedIn = RegistryFixture.client(new Login("me", "secret"))) {
      reader = signedIn.reader(repository(registry, "r"), descriptor(blob));
      for (int i = 0; i < 5; i++) {
        assertThat(read(i * 5000L, 100)).isEqualTo(expected(i * 5000L, 100));
      }
    }
    List<LoggedRequest> elsewhere =
        registry.requests().stream().filter(LoggedRequest::redirected).toList();
    assertThat(elsewhere).hasSize(5).allMatch(request -> request.header("authorization").isEmpty());
    assertThat(registry.count("GET .*/blobs/")).isEqualTo(5 + 2);
  }

  @Test
  void anExpiredRedirectIsAskedForAgain() throws Exception {
    registry.redirectBlobs();
    assertThat(read(0, 100)).isEqualTo(expected(0, 100));
    registry.failNext(1, "GET .*/blobs/", Fault.status(403, "EXPIRED"));
    assertThat(read(100, 100)).isEqualTo(expected(100, 100));
  }

  @Test
  void aMissingBlobIsNotFoundAtOnce() {
    registry.deleteBlob("r", descriptor(blob).digest().toString());
    assertThatThrownBy(() -> read(0, 10))
        .isInstanceOf(RegistryException.NotFound.class)
        .hasMessageContaining("404");
    assertThat(registry.count("GET .*/blobs/")).isEqualTo(1);
  }

  @Test
  void aRegistryThatStallsForEverFailsInTheEnd() {
    registry.failNext(99, "GET .*/blobs/", new Fault.Stall(0));
    assertThatThrownBy(() -> read(0, 10))
        .isInstanceOf(RegistryException.Unavailable.class)
        .hasMessageContaining("did not answer in time");
  }

  @Test
  void answersOfAWrongLengthAreAskedForAgain() throws Exception {
    registry
        .failNext(1, "GET .*/blobs/", new Fault.WrongLength(5000))
        .failNext(1, "GET .*/blobs/", new Fault.WrongLength(-700));
    assertThat(read(100, 9000)).isEqualTo(expected(100, 9000));
  }

  @Test
  void aBlobOfAnotherSizeIsRefusedAtOnce() {
    registry.replaceBlob("r", descriptor(blob).digest().toString(), new byte[SIZE + 1]);
    assertThatThrownBy(() -> read(0, 100))
        .isInstanceOf(RegistryException.Rejected.class)
        .hasMessageContaining("has " + SIZE + " bytes, found are " + (SIZE + 1));
  }

  @Test
  void aRedirectToADeadHostIsNotTheEnd() throws Exception {
    registry.failNext(2, "GET .*/blobs/", new Fault.Redirect("http://127.0.0.1:1/x"));
    assertThat(read(100, 9000)).isEqualTo(expected(100, 9000));
  }

  @Test
  void aRedirectToADeadHostForEverFailsInTheEnd() {
    registry.failNext(99, "GET .*/blobs/", new Fault.Redirect("http://127.0.0.1:1/x"));
    assertThatThrownBy(() -> read(100, 9000))
        .isInstanceOf(RegistryException.Unavailable.class)
        .hasMessageContaining("127.0.0.1:1");
  }

  @Test
  void anAnswerThatDripsIsGivenUpAtTheDeadline() throws Exception {
    RegistryConfig hurried = RegistryFixture.config().withReadDeadline(Duration.ofMillis(300));
    try (RegistryClient client = new RegistryClient(hurried, Credentials.none())) {
      registry.failNext(99, "GET .*/blobs/", new Fault.Stall(1000));
      BlobReader slow = client.reader(repository(registry, "r"), descriptor(blob));
      assertThatThrownBy(() -> slow.read(0, MemorySegment.ofArray(new byte[50_000])))
          .isInstanceOf(IOException.class);
      assertThat(registry.count("GET .*/blobs/")).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void readsCostNoRoundTripForTokensOrRedirects() throws Exception {
    registry.redirectBlobs().requireToken("me", "secret", 60);
    try (RegistryClient signedIn = RegistryFixture.client(new Login("me", "secret"))) {
      reader = signedIn.reader(repository(registry, "r"), descriptor(blob));
      read(0, 100);
      registry.clearLog();
      for (int i = 0; i < 10; i++) {
        assertThat(read(i * 5000L, 100)).isEqualTo(expected(i * 5000L, 100));
      }
    }
    assertThat(registry.requests()).hasSize(10).allMatch(LoggedRequest::redirected);
  }

  @Test
  void aTokenThatEndsBetweenReadsIsRenewedOnce() throws Exception {
    registry.requireToken("me", "secret", 60);
    try (RegistryClient signedIn = RegistryFixture.client(new Login("me", "secret"));
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      reader = signedIn.reader(repository(registry, "r"), descriptor(blob));
      read(0, 100);
      registry.revokeTokens();
      registry.clearLog();
      List<Future<byte[]>> reads = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        int at = i * 10_000;
        reads.add(threads.submit(() -> read(at, 100)));
      }
      for (int i = 0; i < 16; i++) {
        assertThat(reads.get(i).get()).isEqualTo(expected(i * 10_000L, 100));
      }
      assertThat(registry.count("GET /token")).isEqualTo(1);
    }
  }

  @Test
  void aTokenThatEndsWithinAReadIsRenewedAndTheReadGoesOn() throws Exception {
    registry.requireToken("me", "secret", 60);
    try (RegistryClient signedIn = RegistryFixture.client(new Login("me", "secret"))) {
      reader = signedIn.reader(repository(registry, "r"), descriptor(blob));
      read(0, 100);
      registry.clearLog();
      // One read of three requests: the first is admitted, the others come with a token too old.
      registry.revokeTokensAfter(1);
      assertThat(read(0, SIZE)).isEqualTo(expected(0, SIZE));
      assertThat(registry.count("GET /token")).isEqualTo(1);
      assertThat(registry.count("GET .*/blobs/")).isBetween(4, 5);
    }
  }

  @Test
  void aReadKeepsToTheRequestsASecondThatItsHostIsGranted() throws Exception {
    RegistryConfig slow =
        RegistryFixture.config()
            .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(1))
            .withRetry(
                new RetryPolicy(
                    1, Duration.ofMillis(2), Duration.ofSeconds(2), Duration.ofSeconds(2)))
            .withHost(registry.host(), HostConfig.DEFAULT.withMaxQps(1));
    try (RegistryClient paced = new RegistryClient(slow, Credentials.none())) {
      BlobReader reads = paced.reader(repository(registry, "r"), descriptor(blob));
      List<BlobReader.Range> apart = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        apart.add(new BlobReader.Range(i << 20, MemorySegment.ofArray(new byte[4096])));
      }
      assertThatThrownBy(() -> reads.readMany(apart))
          .hasMessageContaining(registry.host() + ": no turn within 1 s at 1 requests/s");
      assertThat(registry.count("GET .*/blobs/")).isLessThan(10);
    }
  }

  @Test
  void aHostThatIsGoneIsLeftAloneWhileOthersAreRead() throws Exception {
    try (TestRegistry other = TestRegistry.start()) {
      other.putBlob("r", blob);
      BlobReader there = client.reader(repository(other, "r"), descriptor(blob));
      registry.close();
      for (int i = 0; i < HostGate.FAILURES; i++) {
        assertThatThrownBy(() -> read(0, 100)).isInstanceOf(IOException.class);
      }
      assertThatThrownBy(() -> read(0, 100))
          .hasMessageContaining(registry.host() + " is left alone for")
          .hasMessageContaining(descriptor(blob).digest().toString());
      assertThat(client.activity().closedHosts()).isEqualTo(1);
      byte[] bytes = new byte[100];
      there.read(0, MemorySegment.ofArray(bytes));
      assertThat(bytes).isEqualTo(expected(0, 100));
    }
  }

  private RegistryConfig mirrored(TestRegistry mirror) {
    return RegistryFixture.config()
        .withHost(registry.host(), HostConfig.DEFAULT.withMirrors(List.of(mirror.host())));
  }

  @Test
  void aMirrorThatDiesInTheMiddleOfAReadIsLeft() throws Exception {
    try (TestRegistry mirror = TestRegistry.start();
        RegistryClient client = new RegistryClient(mirrored(mirror), Credentials.none())) {
      mirror.putBlob("r", blob);
      reader = client.reader(repository(registry, "r"), descriptor(blob));
      assertThat(read(0, 100)).isEqualTo(expected(0, 100));
      assertThat(mirror.count("GET .*/blobs/")).isEqualTo(1);
      mirror.failNext(99, "GET .*/blobs/", new Fault.Truncate(40_000));
      assertThat(read(100, 90_000)).isEqualTo(expected(100, 90_000));
      mirror.close();
      assertThat(read(500_000, 90_000)).isEqualTo(expected(500_000, 90_000));
      assertThat(mirror.count("GET .*/blobs/")).isEqualTo(2);
    }
  }

  @Test
  void aMirrorThatFailedHelpsOutWhenTheRegistryIsGone() throws Exception {
    try (TestRegistry mirror = TestRegistry.start();
        RegistryClient client = new RegistryClient(mirrored(mirror), Credentials.none())) {
      mirror.putBlob("r", blob);
      reader = client.reader(repository(registry, "r"), descriptor(blob));
      mirror.failNext(1, "GET .*/blobs/", Fault.status(503, "DOWN"));
      assertThat(read(0, 100)).isEqualTo(expected(0, 100));
      assertThat(registry.count("GET .*/blobs/")).isEqualTo(1);
      registry.close();
      assertThat(read(100, 100)).isEqualTo(expected(100, 100));
    }
  }

  @Test
  void whoIsDistrustedIsNotAskedWhileThereIsSomebodyElse() throws Exception {
    try (TestRegistry mirror = TestRegistry.start();
        RegistryClient client = new RegistryClient(mirrored(mirror), Credentials.none())) {
      mirror.putBlob("r", blob);
      reader = client.reader(repository(registry, "r"), descriptor(blob));
      read(0, 100);
      reader.distrust();
      assertThat(read(0, 100)).isEqualTo(expected(0, 100));
      assertThat(mirror.count("GET .*/blobs/")).isEqualTo(1);
      assertThat(registry.requests("GET .*/blobs/").getLast().header("cache-control"))
          .contains("no-cache");
    }
  }

  @Test
  void randomReadsWithRandomFaultsGiveTheBytes() {
    SplitRandom.run(
        random -> {
          for (int round = 0; round < 40; round++) {
            switch (random.nextInt(6)) {
              case 0 ->
                  registry.failNext(
                      1, "GET .*/blobs/", new Fault.Truncate(random.nextInt(100_000)));
              case 1 -> registry.failNext(1, "GET .*/blobs/", new Fault.Reset());
              case 2 -> registry.failNext(1, "GET .*/blobs/", Fault.status(500, "X"));
              default -> {}
            }
            List<BlobReader.Range> ranges = new ArrayList<>();
            for (int i = random.nextInt(1, 6); i > 0; i--) {
              int length = random.nextInt(1, 200_000);
              ranges.add(
                  new BlobReader.Range(
                      random.nextInt(SIZE - length), MemorySegment.ofArray(new byte[length])));
            }
            reader.readMany(ranges);
            for (BlobReader.Range range : ranges) {
              byte[] bytes = range.dst().toArray(ValueLayout.JAVA_BYTE);
              assertThat(Arrays.equals(bytes, expected(range.offset(), bytes.length))).isTrue();
            }
          }
        });
  }
}
