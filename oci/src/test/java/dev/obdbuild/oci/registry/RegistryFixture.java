package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.testkit.SplitRandom;
import dev.obdbuild.testkit.TestRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;

/** Short patience, random blobs. */
final class RegistryFixture {
  private RegistryFixture() {}

  static RegistryConfig config() {
    return RegistryConfig.defaults()
        .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(1))
        .withRetry(
            new RetryPolicy(
                5, Duration.ofMillis(2), Duration.ofSeconds(2), Duration.ofSeconds(20)));
  }

  static RegistryClient client() {
    return new RegistryClient(config(), Credentials.none());
  }

  static RegistryClient client(Login login) {
    return new RegistryClient(config(), registry -> Optional.of(login));
  }

  static byte[] random(int size) {
    return SplitRandom.bytes(new SplittableRandom(size), size);
  }

  static Descriptor descriptor(byte[] blob) {
    return Descriptor.of(MediaTypes.OCI_LAYER, blob);
  }

  static Repository repository(TestRegistry registry, String name) {
    return new Repository(registry.host(), name);
  }
}
