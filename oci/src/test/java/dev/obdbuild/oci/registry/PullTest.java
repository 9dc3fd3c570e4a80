package dev.obdbuild.oci.registry;

import static dev.obdbuild.oci.registry.RegistryFixture.client;
import static dev.obdbuild.oci.registry.RegistryFixture.config;
import static dev.obdbuild.oci.registry.RegistryFixture.descriptor;
import static dev.obdbuild.oci.registry.RegistryFixture.random;
import static dev.obdbuild.oci.registry.RegistryFixture.repository;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Index;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.testkit.Fault;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.testkit.TinyImage;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PullTest {
  @AutoClose private final RegistryClient client = client();
  @AutoClose private TestRegistry registry;
  private TinyImage image;

  @BeforeEach
  void start() throws IOException {
    registry = TestRegistry.start();
    image = TinyImage.of(Map.of("a", "1"));
    image.putOn(registry, "team/app", "1");
  }

  private Reference reference(String tail) {
    return Reference.parse(registry.host() + "/team/app" + tail);
  }

  @Test
  void resolvesATagToManifestAndConfig() throws Exception {
    ImageManifest found = client.image(reference(":1"), Platform.parse("linux/amd64"));
    assertThat(found.descriptor().digest()).hasToString(image.digest());
    assertThat(found.reference().digest()).contains(Digest.parse(image.digest()));
    assertThat(found.manifest().layers()).hasSize(1);
    byte[] config = client.smallBlob(found.reference().where(), found.manifest().config());
    assertThat(config).isEqualTo(image.config());
  }

  @Test
  void aConfigIsFetchedOnceWhoeverAsks() throws Exception {
    for (int i = 0; i < 2; i++) {
      try (RegistryClient other = client.with(Credentials.none())) {
        ImageManifest found = other.image(reference(":1"), Platform.parse("linux/amd64"));
        assertThat(other.smallBlob(found.reference().where(), found.manifest().config()))
            .isEqualTo(image.config());
      }
    }
    assertThat(registry.count("GET .*/blobs/")).isEqualTo(1);
  }

  @Test
  void aDigestIsVerifiedAndADifferentBodyRefused() throws Exception {
    registry.failNext(9, "GET .*/manifests/", new Fault.Corrupt(3));
    assertThatThrownBy(() -> client.resolve(reference("@" + image.digest())))
        .isInstanceOf(RegistryException.DigestMismatch.class)
        .hasMessageContaining(image.digest())
        .hasMessageContaining(registry.host());
    assertThatThrownBy(() -> client.resolve(reference(":1")))
        .isInstanceOf(RegistryException.DigestMismatch.class);
  }

  @Test
  void anIndexIsFollowedToThePlatform() throws Exception {
    Descriptor amd =
        new Descriptor(
                TinyImage.MANIFEST_TYPE, Digest.parse(image.digest()), image.manifest().length)
            .withPlatform(Platform.parse("linux/amd64"));
    byte[] index = new Index(List.of(amd)).toJson();
    String digest = registry.putManifest("team/app", "multi", MediaTypes.OCI_INDEX, index);
    ImageManifest found = client.image(reference(":multi"), Platform.parse("linux/amd64"));
    assertThat(found.root().digest()).hasToString(digest);
    assertThat(found.descriptor().digest()).hasToString(image.digest());
    assertThatThrownBy(() -> client.image(reference(":multi"), Platform.parse("linux/arm64")))
        .isInstanceOf(RegistryException.NotFound.class)
        .hasMessageContaining("linux/arm64")
        .hasMessageContaining("only for linux/amd64");
  }

  @Test
  void whatIsMissingIsSaidWithUrlStatusAndTheRegistrysWords() {
    assertThatThrownBy(() -> client.resolve(reference(":none")))
        .isInstanceOfSatisfying(
            RegistryException.NotFound.class,
            e -> {
              assertThat(e.status()).isEqualTo(404);
              assertThat(e.url()).endsWith("/v2/team/app/manifests/none");
              assertThat(e.errors())
                  .extracting(RegistryException.ApiError::code)
                  .containsExactly("MANIFEST_UNKNOWN");
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 500, 502, 503, 504})
  void passingFailuresAreRetried(int status) throws Exception {
    registry.failNext(2, "GET .*/manifests/", Fault.status(status, "UNAVAILABLE"));
    assertThat(client.resolve(reference(":1")).descriptor().digest()).hasToString(image.digest());
    assertThat(registry.count("GET .*/manifests/")).isEqualTo(3);
  }

  @Test
  void retryAfterIsHonoured() throws Exception {
    // Left to itself, this client would wait for an hour, which is beyond its patience.
    RetryPolicy patience =
        new RetryPolicy(4, Duration.ofHours(1), Duration.ofHours(1), Duration.ofMinutes(1));
    try (RegistryClient patient =
        new RegistryClient(config().withRetry(patience), Credentials.none())) {
      registry.failNext(2, "GET .*/manifests/", Fault.tooMany(0));
      assertThat(patient.resolve(reference(":1")).body()).isEqualTo(image.manifest());
      registry.failNext(1, "GET .*/manifests/", Fault.status(503, "DOWN"));
      assertThatThrownBy(() -> patient.resolve(reference(":1")))
          .isInstanceOf(RegistryException.Unavailable.class);
    }
  }

  @Test
  void patienceEndsAndSaysSo() {
    registry.failNext(99, "GET .*/manifests/", Fault.status(503, "DOWN"));
    assertThatThrownBy(() -> client.resolve(reference(":1")))
        .isInstanceOf(RegistryException.Unavailable.class)
        .hasMessageContaining("503")
        .hasMessageContaining("DOWN");
    assertThat(registry.count("GET .*/manifests/")).isEqualTo(5);
  }

  @Test
  void refusalsAreNotRetried() {
    registry.failNext(99, "GET .*/manifests/", Fault.status(403, "DENIED"));
    assertThatThrownBy(() -> client.resolve(reference(":1")))
        .isInstanceOf(RegistryException.Denied.class);
    assertThat(registry.count("GET .*/manifests/")).isEqualTo(1);
  }

  @Test
  void resetsTruncationsAndStallsOfAManifestAreRetried() throws Exception {
    registry
        .failNext(1, "GET .*/manifests/", new Fault.Reset())
        .failNext(1, "GET .*/manifests/", new Fault.Truncate(10))
        .failNext(1, "GET .*/manifests/", new Fault.Stall(10));
    assertThat(client.resolve(reference(":1")).body()).isEqualTo(image.manifest());
  }

  @Test
  void anUnreachableRegistryIsNamed() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    assertThatThrownBy(() -> client.resolve(Reference.parse("127.0.0.1:" + port + "/a")))
        .isInstanceOf(RegistryException.Unavailable.class)
        .hasMessageContaining("cannot connect to 127.0.0.1:" + port);
  }

  @Test
  void aHugeManifestIsRefused() {
    registry.putManifest("team/app", "huge", TinyImage.MANIFEST_TYPE, new byte[(4 << 20) + 1]);
    assertThatThrownBy(() -> client.resolve(reference(":huge")))
        .isInstanceOf(RegistryException.Rejected.class)
        .hasMessageContaining("larger than the limit");
  }

  @Test
  void aBlobStreamGoesOnAfterBrokenConnections() throws Exception {
    byte[] blob = random(300_000);
    registry.putBlob("team/app", blob);
    registry
        .failNext(1, "GET .*/blobs/", new Fault.Truncate(100_000))
        .failNext(1, "GET .*/blobs/", new Fault.Stall(50_000))
        .failNext(1, "GET .*/blobs/", Fault.status(500, "X"));
    assertThat(read(descriptor(blob))).isEqualTo(blob);
    // How much of a broken answer gets through is the network's affair.
    assertThat(registry.requests("GET .*/blobs/").getLast().header("range").orElseThrow())
        .matches("bytes=[1-9][0-9]*-299999");
  }

  @Test
  void aBlobStreamSkipsWhatItHasWhereRangesAreNotKnown() throws Exception {
    byte[] blob = random(300_000);
    registry.ignoreRanges().putBlob("team/app", blob);
    registry.failNext(1, "GET .*/blobs/", new Fault.Truncate(100_000));
    assertThat(read(descriptor(blob))).isEqualTo(blob);
  }

  @Test
  void aCorruptBlobIsFoundAtItsEnd() {
    byte[] blob = random(100_000);
    registry.putBlob("team/app", blob);
    registry.failNext(9, "GET .*/blobs/", new Fault.Corrupt(77_777));
    assertThatThrownBy(() -> read(descriptor(blob)))
        .isInstanceOf(RegistryException.DigestMismatch.class)
        .hasMessageContaining(descriptor(blob).digest().toString());
  }

  @Test
  void aBlobOfAnotherSizeThanItsDescriptorIsRefused() {
    byte[] blob = random(1000);
    registry.putBlob("team/app", blob);
    Descriptor shorter = new Descriptor(MediaTypes.OCI_LAYER, Digest.sha256(blob), 900);
    assertThatThrownBy(() -> read(shorter)).isInstanceOf(RegistryException.DigestMismatch.class);
    Descriptor longer = new Descriptor(MediaTypes.OCI_LAYER, Digest.sha256(blob), 1100);
    assertThatThrownBy(() -> read(longer)).isInstanceOf(RegistryException.class);
  }

  private byte[] read(Descriptor blob) throws IOException {
    try (InputStream in = client.blob(repository(registry, "team/app"), blob)) {
      return in.readAllBytes();
    }
  }

  @Test
  void mirrorsAreAskedFirstAndTheRegistryHasTheLastWord() throws Exception {
    try (TestRegistry mirror = TestRegistry.start()) {
      RegistryConfig config =
          config()
              .withHost(
                  "docker.io",
                  HostConfig.DEFAULT.withMirrors(
                      List.of(mirror.host(), "http://" + registry.host())));
      image.putOn(registry, "library/app", "1");
      try (RegistryClient mirrored = new RegistryClient(config, Credentials.none())) {
        assertThat(mirrored.resolve(Reference.parse("app:1")).body()).isEqualTo(image.manifest());
        byte[] blob =
            mirrored.smallBlob(
                new Repository("docker.io", "library/app"),
                new Descriptor(
                    MediaTypes.OCI_CONFIG, Digest.sha256(image.config()), image.config().length));
        assertThat(blob).isEqualTo(image.config());
      }
      assertThat(mirror.count("GET /v2/library/app/")).isEqualTo(2);
    }
  }

  @Test
  void aMirrorThatIsDownIsNotAskedAgainAtOnce() throws Exception {
    try (TestRegistry mirror = TestRegistry.start()) {
      mirror.failNext(99, "GET .*/manifests/", Fault.status(503, "DOWN"));
      RegistryConfig config =
          config()
              .withHost(
                  "docker.io",
                  HostConfig.DEFAULT.withMirrors(List.of(mirror.host(), registry.host())));
      image.putOn(registry, "library/app", "1");
      try (RegistryClient mirrored = new RegistryClient(config, Credentials.none())) {
        for (int i = 0; i < 3; i++) {
          assertThat(mirrored.resolve(Reference.parse("app:1")).body()).isEqualTo(image.manifest());
        }
      }
      assertThat(mirror.count("GET .*/manifests/")).isEqualTo(5);
    }
  }

  @Test
  void aMirrorMayHaveAPath() throws Exception {
    image.putOn(registry, "hub/library/app", "1");
    RegistryConfig config =
        config()
            .withHost(
                "docker.io", HostConfig.DEFAULT.withMirrors(List.of(registry.host() + "/hub")));
    try (RegistryClient mirrored = new RegistryClient(config, Credentials.none())) {
      assertThat(mirrored.resolve(Reference.parse("app:1")).body()).isEqualTo(image.manifest());
    }
  }

  @Test
  void referrersComeFromTheApiOrFromTheTag() throws Exception {
    Repository repository = repository(registry, "team/app");
    Digest subject = Digest.parse(image.digest());
    String manifest = new String(image.manifest(), StandardCharsets.UTF_8);
    byte[] referrer =
        manifest
            .replaceFirst(
                "\"config\"",
                "\"artifactType\":\""
                    + MediaTypes.OVERLAYBD_REFERRER
                    + "\",\"subject\":"
                    + new Descriptor(TinyImage.MANIFEST_TYPE, subject, image.manifest().length)
                        .toJson()
                    + ",\"config\"")
            .getBytes(StandardCharsets.UTF_8);
    for (boolean api : new boolean[] {true, false}) {
      if (!api) {
        registry.withoutReferrers();
      }
      client.pushManifest(
          repository, Digest.sha256(referrer).toString(), TinyImage.MANIFEST_TYPE, referrer);
      List<Descriptor> found = client.referrers(repository, subject, MediaTypes.OVERLAYBD_REFERRER);
      assertThat(found).extracting(Descriptor::digest).containsExactly(Digest.sha256(referrer));
      assertThat(client.referrers(repository, subject, "application/other")).isEmpty();
    }
    assertThat(client.referrers(repository, Digest.sha256(new byte[1]), "")).isEmpty();
  }
}
