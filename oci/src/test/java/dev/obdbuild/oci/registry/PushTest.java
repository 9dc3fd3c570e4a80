package dev.obdbuild.oci.registry;

import static dev.obdbuild.oci.registry.RegistryFixture.client;
import static dev.obdbuild.oci.registry.RegistryFixture.descriptor;
import static dev.obdbuild.oci.registry.RegistryFixture.random;
import static dev.obdbuild.oci.registry.RegistryFixture.repository;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.testkit.Fault;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.testkit.TinyImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PushTest {
  @AutoClose private final RegistryClient client = client();
  @AutoClose private TestRegistry registry;
  @TempDir private Path folder;
  private Repository repository;

  @BeforeEach
  void start() throws IOException {
    registry = TestRegistry.start();
    repository = repository(registry, "team/app");
  }

  private List<Long> push(byte[] blob) throws IOException {
    Path file = Files.write(folder.resolve("blob"), blob);
    List<Long> progress = new ArrayList<>();
    client.push(repository, descriptor(blob), file, progress::add);
    assertThat(registry.blob("team/app", descriptor(blob).digest().toString()).orElseThrow())
        .isEqualTo(blob);
    assertThat(progress).isSorted();
    assertThat(progress.getLast()).isEqualTo(blob.length);
    return progress;
  }

  @Test
  void aSmallBlobIsOnePut() throws Exception {
    push(random(1000));
    assertThat(registry.requests().stream().map(r -> r.method()).toList())
        .containsSubsequence("HEAD", "POST", "PUT")
        .doesNotContain("PATCH");
  }

  @Test
  void aLargeBlobIsOnePatchAndAPut() throws Exception {
    push(random(3 << 20));
    assertThat(registry.count("PATCH ")).isEqualTo(1);
    assertThat(registry.requests("PATCH ").getFirst().header("content-length"))
        .contains(Integer.toString(3 << 20));
  }

  @Test
  void anEmptyBlobIsABlob() throws Exception {
    Path file = Files.write(folder.resolve("empty"), new byte[0]);
    client.push(repository, descriptor(new byte[0]), file, bytes -> {});
    assertThat(registry.blob("team/app", Digest.sha256(new byte[0]).toString())).isPresent();
  }

  @Test
  void whatIsThereIsNotSentAgain() throws Exception {
    byte[] blob = random(5000);
    registry.putBlob("team/app", blob);
    push(blob);
    assertThat(registry.count("POST ")).isZero();
  }

  @Test
  void anUploadGoesOnWhereTheConnectionBroke() throws Exception {
    registry
        .failNext(1, "PATCH ", new Fault.DieUploading(1 << 20))
        .failNext(1, "PATCH ", new Fault.DieUploading(700_000))
        .failNext(1, "GET .*/uploads/", Fault.status(503, "X"));
    push(random(5 << 20));
    assertThat(registry.requests("PATCH ").getLast().header("content-range"))
        .contains(((1 << 20) + 700_000) + "-" + ((5 << 20) - 1));
    assertThat(registry.count("POST ")).isEqualTo(1);
  }

  @Test
  void aDyingSmallUploadIsBegunAnew() throws Exception {
    registry.failNext(2, "PUT ", new Fault.DieUploading(10));
    push(random(5000));
    assertThat(registry.count("POST ")).isEqualTo(3);
  }

  @Test
  void aLostUploadIsBegunAnew() throws Exception {
    registry
        .failNext(1, "PATCH ", new Fault.DieUploading(1 << 20))
        .failNext(1, "GET .*/uploads/", Fault.status(404, "BLOB_UPLOAD_UNKNOWN"));
    push(random(3 << 20));
    assertThat(registry.count("POST ")).isEqualTo(2);
  }

  @Test
  void anAnswerThatGotLostIsNotAFailure() throws Exception {
    registry.failNext(1, "PATCH ", new Fault.SilentAfter());
    push(random(3 << 20));
    assertThat(registry.count("PATCH ")).isEqualTo(1);
  }

  @Test
  void aLostAnswerToTheLastRequestIsNotAFailure() throws Exception {
    registry.failNext(1, "PUT ", new Fault.SilentAfter());
    push(random(3 << 20));
    assertThat(registry.count("PATCH ")).isEqualTo(1);
    registry.failNext(1, "PUT ", new Fault.SilentAfter());
    byte[] blob = random(1234);
    try (BlobUpload upload = client.startUpload(repository)) {
      upload.write(blob);
      upload.finish(Digest.sha256(blob));
    }
    assertThat(registry.blob("team/app", Digest.sha256(blob).toString())).contains(blob);
  }

  @Test
  void aRegistryThatKeepsDyingFailsCleanly() throws Exception {
    byte[] blob = random(3 << 20);
    Path file = Files.write(folder.resolve("blob"), blob);
    registry.failNext(99, "PATCH ", new Fault.DieUploading(0));
    assertThatThrownBy(() -> client.push(repository, descriptor(blob), file, bytes -> {}))
        .isInstanceOf(RegistryException.Unavailable.class)
        .hasMessageContaining("upload to " + repository);
  }

  @Test
  void bytesOfAnotherDigestAreRefused() throws Exception {
    Path file = Files.write(folder.resolve("blob"), random(1000));
    Descriptor other = new Descriptor(MediaTypes.OCI_LAYER, Digest.sha256(new byte[1]), 1000);
    assertThatThrownBy(() -> client.push(repository, other, file, bytes -> {}))
        .isInstanceOf(RegistryException.DigestMismatch.class);
  }

  @Test
  void aStreamingUploadRepairsItself() throws Exception {
    byte[] blob = random(BlobUpload.CHUNK * 2 + 12345);
    registry
        .failNext(1, "PATCH ", new Fault.DieUploading(1234))
        .failNext(1, "PATCH ", Fault.status(500, "X"))
        .failNext(1, "PATCH ", new Fault.SilentAfter());
    try (BlobUpload upload = client.startUpload(repository)) {
      for (int at = 0; at < blob.length; at += 100_000) {
        upload.write(blob, at, Math.min(100_000, blob.length - at));
      }
      upload.finish(Digest.sha256(blob));
    }
    assertThat(registry.blob("team/app", Digest.sha256(blob).toString()).orElseThrow())
        .isEqualTo(blob);
    assertThat(registry.openUploads()).isZero();
  }

  @Test
  void anUnfinishedStreamingUploadIsCancelled() throws Exception {
    try (BlobUpload upload = client.startUpload(repository)) {
      upload.write(1);
    }
    assertThat(registry.openUploads()).isZero();
  }

  @Test
  void aBlobIsMountedFromItsNeighbour() throws Exception {
    byte[] blob = random(1000);
    registry.putBlob("base/image", blob);
    Repository base = repository(registry, "base/image");
    assertThat(client.mount(repository, Digest.sha256(blob), base)).isTrue();
    assertThat(client.exists(repository, Digest.sha256(blob))).isTrue();
    registry.refuseMounts();
    assertThat(client.mount(repository(registry, "third"), Digest.sha256(blob), base)).isFalse();
    assertThat(registry.openUploads()).isZero();
    assertThat(client.exists(repository(registry, "third"), Digest.sha256(blob))).isFalse();
  }

  @Test
  void aManifestIsVerifiedByWhatTheRegistryTells() throws Exception {
    byte[] manifest = TinyImage.of(Map.of("a", "1")).manifest();
    client.pushManifest(repository, "1", TinyImage.MANIFEST_TYPE, manifest);
    assertThat(registry.manifest("team/app", "1")).contains(manifest);
    registry.failNext(1, "PUT .*/manifests/", new Fault.WrongDigest());
    assertThatThrownBy(
            () -> client.pushManifest(repository, "2", TinyImage.MANIFEST_TYPE, manifest))
        .isInstanceOf(RegistryException.DigestMismatch.class);
  }
}
