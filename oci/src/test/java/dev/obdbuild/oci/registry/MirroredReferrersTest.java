package dev.obdbuild.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.testkit.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who refers to an image of a registry that has a mirror. */
final class MirroredReferrersTest {

  private static final Digest SUBJECT = Digest.sha256(new byte[] {1});
  private static final byte[] REFERRER =
      """
      {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
      "artifactType":"%s",\
      "config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"%s","size":2},\
      "layers":[],\
      "subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":1}}"""
          .formatted(
              MediaTypes.OVERLAYBD_REFERRER,
              Digest.sha256("{}".getBytes(StandardCharsets.UTF_8)),
              SUBJECT)
          .getBytes(StandardCharsets.UTF_8);

  private TestRegistry registry;
  private TestRegistry mirror;
  private RegistryClient client;

  @BeforeEach
  void start() throws IOException {
    registry = TestRegistry.start();
    mirror = TestRegistry.start();
    client =
        new RegistryClient(
            RegistryFixture.config()
                .withHost(registry.host(), HostConfig.DEFAULT.withMirrors(List.of(mirror.host()))),
            Credentials.none());
  }

  @AfterEach
  void stop() {
    client.close();
    mirror.close();
    registry.close();
  }

  private static void push(TestRegistry to) throws IOException {
    to.putBlob("r", "{}".getBytes(StandardCharsets.UTF_8));
    try (RegistryClient direct = RegistryFixture.client()) {
      direct.pushManifest(
          new Repository(to.host(), "r"),
          Digest.sha256(REFERRER).toString(),
          MediaTypes.OCI_MANIFEST,
          REFERRER);
    }
  }

  private List<Digest> found() throws IOException {
    return client
        .referrers(new Repository(registry.host(), "r"), SUBJECT, MediaTypes.OVERLAYBD_REFERRER)
        .stream()
        .map(Descriptor::digest)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theMirrorTellsWithoutTheRegistry(boolean api) throws Exception {
    if (!api) {
      mirror.withoutReferrers();
    }
    push(mirror);
    registry.close();

    assertThat(found()).containsExactly(Digest.sha256(REFERRER));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theRegistryTellsWhatTheMirrorLacks(boolean api) throws Exception {
    if (!api) {
      mirror.withoutReferrers();
      registry.withoutReferrers();
    }
    push(registry);

    assertThat(found()).containsExactly(Digest.sha256(REFERRER));
  }

  @Test
  void behindAMirrorThatKnowsNoneARegistryOutOfReachIsNoFailure() throws Exception {
    registry.close();

    assertThat(found()).isEmpty();
  }

  @Test
  void theListKeptAsATagGrowsFromTheRegistrysOwn() throws Exception {
    registry.withoutReferrers();
    mirror.withoutReferrers();
    push(registry);
    byte[] second =
        new String(REFERRER, StandardCharsets.UTF_8)
            .replace("\"layers\":[]", "\"layers\":[],\"annotations\":{\"n\":\"2\"}")
            .getBytes(StandardCharsets.UTF_8);

    client.pushManifest(
        new Repository(registry.host(), "r"),
        Digest.sha256(second).toString(),
        MediaTypes.OCI_MANIFEST,
        second);

    assertThat(found()).containsExactlyInAnyOrder(Digest.sha256(REFERRER), Digest.sha256(second));
    assertThat(mirror.count("GET .*/manifests/sha256-")).isEqualTo(1);
  }
}
