package dev.obdbuild.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.llb.Node;
import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.worker.BuildFixture.Built;
import dev.obdbuild.worker.image.LayoutImages;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Base images of OCI layouts that skopeo made. */
@NeedsRoot
@NeedsDevice
@NeedsTool({"busybox", "mke2fs", "skopeo"})
@Timeout(120)
final class LayoutSourceTest {

  @TempDir Path folder;
  private TestRegistry registry;
  private BuildFixture builder;
  private final AtomicInteger reads = new AtomicInteger();

  @BeforeEach
  void open() throws IOException {
    registry = TestRegistry.start();
    builder = new BuildFixture(folder, registry, BusyboxBase.putOn(registry));
  }

  @AfterEach
  void close() throws Exception {
    try (TestRegistry closing = registry) {
      builder.close();
    }
  }

  /** Copies an image into a layout and yields its manifest's digest. */
  private Digest layout(String reference, Path to) throws Exception {
    Process skopeo =
        new ProcessBuilder(
                "skopeo",
                "copy",
                "--src-tls-verify=false",
                "--preserve-digests",
                "docker://" + reference,
                "oci:" + to + ":latest")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("skopeo.log").toFile())
            .start();
    assertThat(skopeo.waitFor())
        .withFailMessage(() -> "skopeo: " + folder.resolve("skopeo.log"))
        .isZero();
    String index = Files.readString(to.resolve("index.json"));
    int at = index.indexOf("sha256:");
    return Digest.parse(index.substring(at, at + 71));
  }

  private void lend(Path layout) {
    ContentStore store = new FolderStore(layout, reads);
    builder.layouts =
        (session, name) -> {
          assertThat(session).isEqualTo("s");
          assertThat(name).isEqualTo("store");
          return store;
        };
  }

  private static Node.Out source(Digest digest, Map<String, String> more) {
    Map<String, String> attrs = new HashMap<>(more);
    attrs.put("oci.session", "s");
    attrs.put("oci.store", "store");
    return BuildFixture.source("oci-layout://any@" + digest, attrs);
  }

  @Test
  void ordinaryLayersAreConverted() throws Exception {
    Path layout = folder.resolve("layout");
    Digest digest = layout(registry.host() + "/base:1", layout);
    lend(layout);
    try (Built built = builder.build(source(digest, Map.of()))) {
      assertThat(built.names("")).containsExactly("bin", "etc", "root", "tmp");
    }
    int before = reads.get();
    builder.build(source(digest, Map.of())).close();
    assertThat(reads.get()).isEqualTo(before);
    assertThatThrownBy(() -> builder.build(source(digest, Map.of("oci.layerlimit", "2"))))
        .hasMessageContaining("layer limit 2 is greater");
  }

  @Test
  void overlaybdLayersAreCopiedAndOutliveTheClient() throws Exception {
    String converted;
    try (Built built = builder.build(builder.image())) {
      converted = ConvertedImage.push(registry, built.snapshot, Optional.empty());
    }
    Path layout = folder.resolve("layout");
    Digest digest = layout(converted.replace(":obd@", "@"), layout);
    lend(layout);
    try (BuildFixture other = new BuildFixture(folder.resolve("other"), registry, "unused")) {
      other.layouts = builder.layouts;
      try (Built built = other.build(source(digest, Map.of()))) {
        Files.move(layout, folder.resolve("gone"));
        assertThat(built.text("etc/group")).contains("app:x:8:");
        assertThat(built.snapshot.layers().getFirst().existing()).isEmpty();
        assertThat(built.snapshot.layers().getFirst().seal().file()).exists();
      }
    }
  }

  @Test
  void aDamagedLayerOrAMissingOneFailsTheStepByName() throws Exception {
    Path layout = folder.resolve("layout");
    Digest digest = layout(registry.host() + "/base:1", layout);
    lend(layout);
    var image =
        LayoutImages.resolve(
            new FolderStore(layout, reads), "any", digest, new Platform("linux", "amd64"));
    Digest layer = image.manifest().layers().getFirst().digest();
    Path blob = layout.resolve("blobs/sha256").resolve(layer.hex());
    byte[] bytes = Files.readAllBytes(blob);
    bytes[bytes.length - 1] ^= 1;
    Files.write(blob, bytes);
    assertThatThrownBy(() -> builder.build(source(digest, Map.of())))
        .hasMessageContaining(layer.toString());
    Digest none = Digest.sha256(new byte[3]);
    assertThatThrownBy(() -> builder.build(source(none, Map.of())))
        .hasMessageContaining("oci-layout://any@" + none + ": not found");
    assertThatThrownBy(() -> builder.build(BuildFixture.source("oci-layout://any", Map.of())))
        .hasMessageContaining("has no digest");
  }

  /** The blobs of a layout's folder. */
  private record FolderStore(Path layout, AtomicInteger reads) implements ContentStore {
    private Path file(Digest digest) {
      return layout.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
    }

    @Override
    public OptionalLong size(Digest digest) throws IOException {
      try {
        return OptionalLong.of(Files.size(file(digest)));
      } catch (NoSuchFileException e) {
        return OptionalLong.empty();
      }
    }

    @Override
    public InputStream read(Digest digest, long offset, long length) throws IOException {
      reads.incrementAndGet();
      InputStream in = Files.newInputStream(file(digest));
      in.skipNBytes(offset);
      return in;
    }

    @Override
    public void write(Descriptor blob, InputStream bytes) {
      throw new UnsupportedOperationException("a layout is only read here");
    }
  }
}
