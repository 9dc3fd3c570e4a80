package dev.obdbuild.pusher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.History;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.tar.TarEntry;
import dev.obdbuild.oci.tar.TarReader;
import dev.obdbuild.pusher.layout.LayoutExport;
import dev.obdbuild.pusher.layout.StoreExport;
import dev.obdbuild.pusher.layout.TarExport;
import dev.obdbuild.pusher.output.LayerChoice;
import dev.obdbuild.pusher.output.LayoutOutput;
import dev.obdbuild.pusher.output.LayoutOutput.Variant;
import dev.obdbuild.pusher.output.Output;
import dev.obdbuild.testkit.NeedsTool;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LayoutTest {

  private static final Platform AMD64 = Platform.parse("linux/amd64");
  private static final Instant TIME = Instant.parse("2026-11-23T10:00:00.5Z");

  @TempDir Path folder;

  private ImageTree image(String compression) throws IOException {
    return image(compression, Optional.empty());
  }

  private ImageTree image(String compression, Optional<Instant> epoch) throws IOException {
    boolean blocks = compression.equals("overlaybd");
    List<LayerSource> layers =
        blocks
            ? List.of(FileLayer.of(folder, new byte[100_000]), FileLayer.of(folder, new byte[5]))
            : List.of(
                TarLayer.of(folder, Map.of("etc/a", "1")),
                TarLayer.of(folder, Map.of("etc/b", "2")));
    List<Optional<Instant>> times = List.of(Optional.of(TIME), Optional.of(TIME));
    History step = History.of(Optional.empty(), "COPY", false);
    PlatformImage platform =
        new PlatformImage(
            AMD64,
            Optional.of(new LayerChain(layers, times)),
            Optional.of(new LayerChain(layers, times)),
            ImageConfig.empty(AMD64).withHistory(List.of(step, step)),
            0,
            epoch,
            List.of(),
            Map.of());
    return LayoutExport.assemble(
        List.of(platform), false, output("oci", compression), List.of(), TIME, ExportStages.NONE);
  }

  private static LayoutOutput output(String type, String compression) {
    return (LayoutOutput)
        Output.parse(type, Map.of("compression", compression), LayerChoice.OVERLAYBD);
  }

  private Path archive(ImageTree image, Variant variant, String... names) throws IOException {
    Path file = folder.resolve(variant + ".tar");
    try (OutputStream out = Files.newOutputStream(file)) {
      TarExport.write(image, TarExport.names(List.of(names)), variant, out, ExportStages.NONE);
    }
    return file;
  }

  private static Map<String, String> read(Path tar) throws IOException {
    Map<String, String> entries = new LinkedHashMap<>();
    try (InputStream in = Files.newInputStream(tar)) {
      TarReader reader = new TarReader(in, "test");
      Optional<TarEntry> entry = reader.next();
      while (entry.isPresent()) {
        entries.put(
            entry.get().name(),
            new String(reader.content().readAllBytes(), StandardCharsets.ISO_8859_1));
        entry = reader.next();
      }
    }
    return entries;
  }

  @Test
  void an_archive_has_the_entries_of_buildkits_in_their_order() throws Exception {
    ImageTree image = image("gzip");

    Map<String, String> entries = read(archive(image, Variant.DOCKER, "foo:1"));

    assertThat(entries.keySet().stream().map(name -> name.replaceAll("[0-9a-f]{64}", "X")))
        .containsExactly(
            "blobs/",
            "blobs/sha256/",
            "blobs/sha256/X",
            "blobs/sha256/X",
            "blobs/sha256/X",
            "blobs/sha256/X",
            "index.json",
            "manifest.json",
            "oci-layout");
    assertThat(List.copyOf(entries.keySet())).isSorted();
    assertThat(entries.get("oci-layout")).isEqualTo("{\"imageLayoutVersion\":\"1.0.0\"}");
    assertThat(entries.get("index.json"))
        .isEqualTo(
            "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
                + "\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                + "\"digest\":\""
                + image.root().digest()
                + "\",\"size\":"
                + image.root().size()
                + ",\"annotations\":{\"io.containerd.image.name\":\"docker.io/library/foo:1\","
                + "\"org.opencontainers.image.created\":\"2026-11-23T10:00:00Z\","
                + "\"org.opencontainers.image.ref.name\":\"1\"},"
                + "\"platform\":{\"architecture\":\"amd64\",\"os\":\"linux\"}}]}");
    AssembledImage only = image.images().getFirst();
    assertThat(entries.get("manifest.json"))
        .isEqualTo(
            "[{\"Config\":\"blobs/sha256/"
                + only.configDescriptor().digest().hex()
                + "\",\"RepoTags\":[\"foo:1\"],\"Layers\":[\"blobs/sha256/"
                + only.layers().get(0).digest().hex()
                + "\",\"blobs/sha256/"
                + only.layers().get(1).digest().hex()
                + "\"]}]");
  }

  @Test
  void equal_images_give_equal_archives_and_every_name_an_entry() throws Exception {
    byte[] first = Files.readAllBytes(archive(image("gzip"), Variant.OCI, "a:1", "r.io/b"));
    byte[] second = Files.readAllBytes(archive(image("gzip"), Variant.OCI, "a:1", "r.io/b"));

    assertThat(first).isEqualTo(second);
    assertThat(read(folder.resolve("OCI.tar")).get("index.json"))
        .contains("docker.io/library/a:1", "r.io/b:latest");
    assertThat(read(folder.resolve("OCI.tar"))).doesNotContainKey("manifest.json");
  }

  @Test
  void a_store_gets_every_blob_and_the_root_last() throws Exception {
    ImageTree image = image("overlaybd");
    MemoryStore store = new MemoryStore();

    StoreExport.write(image, store, ExportStages.NONE);

    assertThat(store.blobs).hasSize(4).containsKey(image.root().digest());
    assertThat(List.copyOf(store.blobs.keySet()).getLast()).isEqualTo(image.root().digest());
    store.blobs.forEach((digest, bytes) -> assertThat(Digest.sha256(bytes)).isEqualTo(digest));
  }

  @Test
  void the_index_is_dated_by_the_epoch_of_what_was_built() throws Exception {
    ImageTree image = image("gzip", Optional.of(Instant.ofEpochSecond(1_400_000_000)));
    assertThat(image.root().annotations())
        .containsEntry("org.opencontainers.image.created", "2014-05-13T16:53:20Z");
  }

  @Test
  void dockers_form_of_several_platforms_is_refused() {
    assertThatThrownBy(
            () ->
                LayoutExport.assemble(
                    List.of(), true, output("docker", "gzip"), List.of(), TIME, ExportStages.NONE))
        .hasMessage("docker exporter does not currently support exporting manifest lists");
  }

  @Test
  @NeedsTool("skopeo")
  void skopeo_reads_both_archives_back() throws Exception {
    Path oci = archive(image("gzip"), Variant.OCI, "foo:1");
    Path docker = archive(image("gzip"), Variant.DOCKER, "foo:1");

    copy("oci-archive:" + oci + ":1", "oci:" + folder.resolve("a") + ":x");
    copy("docker-archive:" + docker + ":foo:1", "oci:" + folder.resolve("b") + ":x");
    Path overlaybd = archive(image("overlaybd"), Variant.OCI);
    copy("oci-archive:" + overlaybd, "oci:" + folder.resolve("c") + ":x");

    assertThat(folder.resolve("a/index.json")).exists();
    assertThat(folder.resolve("b/index.json")).exists();
    assertThat(folder.resolve("c/index.json")).exists();
  }

  private static void copy(String from, String to) throws Exception {
    Process skopeo =
        new ProcessBuilder("skopeo", "--insecure-policy", "copy", from, to)
            .redirectErrorStream(true)
            .start();
    String said = new String(skopeo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(skopeo.waitFor()).as(said).isZero();
  }

  /** Blobs in memory. */
  private static final class MemoryStore implements ContentStore {
    final Map<Digest, byte[]> blobs = new LinkedHashMap<>();

    @Override
    public OptionalLong size(Digest digest) {
      byte[] bytes = blobs.get(digest);
      return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes.length);
    }

    @Override
    public InputStream read(Digest digest, long offset, long length) {
      return new ByteArrayInputStream(blobs.get(digest), (int) offset, (int) length);
    }

    @Override
    public void write(Descriptor blob, InputStream bytes) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      bytes.transferTo(out);
      blobs.put(blob.digest(), out.toByteArray());
    }
  }
}
