package dev.obdbuild.oci.registry;

import static dev.obdbuild.oci.registry.RegistryFixture.client;
import static dev.obdbuild.oci.registry.RegistryFixture.descriptor;
import static dev.obdbuild.oci.registry.RegistryFixture.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.RealRegistry;
import dev.obdbuild.testkit.TinyImage;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same protocol as a real registry speaks it. */
@NeedsTool({"docker-registry", "skopeo"})
final class RealRegistryTest {
  @AutoClose private final RegistryClient client = client();
  @AutoClose private RealRegistry registry;
  @TempDir private Path folder;
  private Repository repository;

  @BeforeEach
  void start() throws Exception {
    registry = RealRegistry.start(folder);
    repository = new Repository(registry.host(), "team/app");
  }

  @Test
  void anImageGoesThereAndBackAndSkopeoReadsIt() throws Exception {
    TinyImage image = TinyImage.of(Map.of("a", "1"), Map.of("b", "2"));
    for (byte[] layer : image.layers()) {
      client.push(repository, Digest.sha256(layer), layer);
    }
    client.push(repository, Digest.sha256(image.config()), image.config());
    client.pushManifest(repository, "1", TinyImage.MANIFEST_TYPE, image.manifest());
    ImageManifest found =
        client.image(
            Reference.parse(registry.host() + "/team/app:1"), Platform.parse("linux/amd64"));
    assertThat(found.body()).isEqualTo(image.manifest());
    Process skopeo =
        new ProcessBuilder(
                "skopeo",
                "inspect",
                "--tls-verify=false",
                "docker://" + registry.host() + "/team/app:1")
            .redirectErrorStream(true)
            .start();
    String said = new String(skopeo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(skopeo.waitFor()).as(said).isZero();
    assertThat(said).contains(image.digest());
  }

  @Test
  void aLargeBlobIsUploadedMountedAndReadInPieces() throws Exception {
    byte[] blob = random(9 << 20);
    Path file = Files.write(folder.resolve("blob"), blob);
    client.push(repository, descriptor(blob), file, bytes -> {});
    Repository other = new Repository(registry.host(), "other");
    assertThat(client.exists(other, Digest.sha256(blob))).isFalse();
    assertThat(client.mount(other, Digest.sha256(blob), repository)).isTrue();
    byte[] part = new byte[5 << 20];
    client.reader(other, descriptor(blob)).read(1234, MemorySegment.ofArray(part));
    assertThat(Arrays.equals(part, Arrays.copyOfRange(blob, 1234, 1234 + part.length))).isTrue();
    try (InputStream in = client.blob(other, descriptor(blob))) {
      assertThat(Arrays.equals(in.readAllBytes(), blob)).isTrue();
    }
  }

  @Test
  void aStreamIsUploadedInChunks() throws Exception {
    byte[] blob = random(BlobUpload.CHUNK + 1000);
    try (BlobUpload upload = client.startUpload(repository)) {
      upload.write(blob);
      upload.finish(Digest.sha256(blob));
    }
    assertThat(client.exists(repository, Digest.sha256(blob))).isTrue();
  }

  @Test
  void anInterruptedUploadGoesOnWhereTheRegistryIs() throws Exception {
    byte[] blob = random(3 << 20);
    UploadSession session =
        UploadSession.start(
            new Transport(RegistryFixture.config(), Credentials.none()), repository);
    var first = HttpRequest.BodyPublishers.ofByteArray(blob, 0, 1 << 20);
    var rest = HttpRequest.BodyPublishers.ofByteArray(blob, 1 << 20, 2 << 20);
    assertThat(session.patch(0, 1 << 20, false, () -> first, new AtomicLong())).isEqualTo(1 << 20);
    assertThat(session.status()).isEqualTo(1 << 20);
    assertThat(session.patch(1 << 20, 2 << 20, true, () -> rest, new AtomicLong()))
        .isEqualTo(3 << 20);
    session.put(Digest.sha256(blob), HttpRequest.BodyPublishers::noBody, new AtomicLong());
    assertThat(client.exists(repository, Digest.sha256(blob))).isTrue();
  }

  @Test
  void whatIsWrongIsSaid() throws Exception {
    Path file = Files.write(folder.resolve("blob"), random(100));
    Descriptor wrong = new Descriptor(MediaTypes.OCI_LAYER, Digest.sha256(new byte[1]), 100);
    assertThatThrownBy(() -> client.push(repository, wrong, file, bytes -> {}))
        .isInstanceOf(RegistryException.DigestMismatch.class);
    assertThatThrownBy(() -> client.resolve(Reference.parse(registry.host() + "/nothing:1")))
        .isInstanceOf(RegistryException.NotFound.class)
        .hasMessageContaining("MANIFEST_UNKNOWN");
  }
}
