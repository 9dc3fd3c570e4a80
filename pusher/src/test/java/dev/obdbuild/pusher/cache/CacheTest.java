package dev.obdbuild.pusher.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.image.SealedLayer;
import dev.obdbuild.oci.json.MalformedDocumentException;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.registry.RegistryConfig;
import dev.obdbuild.oci.registry.RegistryException;
import dev.obdbuild.pusher.cache.CacheExport.Packing;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.RealRegistry;
import dev.obdbuild.testkit.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Caches are read as they were written, from wherever they were put. */
final class CacheTest {

  private static final Instant TIME = Instant.parse("2026-11-29T16:00:00.5Z");

  @TempDir Path folder;
  private TestRegistry registry;
  private RegistryClient client;
  private final List<String> stages = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void start() throws IOException {
    registry = TestRegistry.start();
    client = new RegistryClient(RegistryConfig.defaults(), Credentials.none());
  }

  @AfterEach
  void stop() {
    client.close();
    registry.close();
  }

  private record Layer(SealedLayer sealed) implements LayerSource {
    @Override
    public Optional<LayerBlob> existing() {
      return Optional.empty();
    }

    @Override
    public SealedLayer seal() {
      return sealed;
    }
  }

  private Layer layer(String content) throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    Descriptor descriptor = Descriptor.of(MediaTypes.OCI_LAYER, bytes);
    Path file = Files.write(folder.resolve(descriptor.digest().hex()), bytes);
    return new Layer(new SealedLayer(descriptor, descriptor.digest(), file));
  }

  private static Digest digest(String text) {
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  private static CachedResults.Chain chain(LayerSource... layers) {
    return new CachedResults.Chain(List.of(layers), Collections.nCopies(layers.length, TIME));
  }

  /** Two steps on one base, one of them with two results, and one of which contents are known. */
  private List<CachedResults> results() throws IOException {
    Layer base = layer("base");
    return List.of(
        new CachedResults(digest("base"), List.of(chain(base)), List.of(), Optional.empty()),
        new CachedResults(
            digest("first"),
            List.of(chain(base, layer("first")), chain()),
            List.of(new CacheDocument.Content(0, digest("part"), digest("content"))),
            Optional.of(digest("first marker"))),
        new CachedResults(
            digest("second"),
            List.of(chain(base, layer("second"))),
            List.of(),
            Optional.of(digest("second marker"))),
        new CachedResults(
            digest("lost"),
            List.of(),
            List.of(new CacheDocument.Content(1, digest("part"), digest("other content"))),
            Optional.empty()));
  }

  private final class Stages implements CacheStages {
    @Override
    public Stage begin(String stage) {
      stages.add(stage);
      return () -> {};
    }

    @Override
    public void layer(Descriptor layer, long sentBytes) {}

    @Override
    public void layerDone(Descriptor layer) {
      stages.add("layer " + layer.digest());
    }
  }

  private void check(ReadCache read) {
    CacheDocument document = read.document();
    assertThat(document.records().keySet())
        .containsExactly(digest("base"), digest("first"), digest("second"), digest("lost"));
    assertThat(document.markers()).containsExactly(digest("first marker"), digest("second marker"));
    assertThat(document.layers()).hasSize(3);
    assertThat(blobs(read, "first", 0)).containsExactly(digest("base"), digest("first"));
    assertThat(blobs(read, "first", 1)).isEmpty();
    assertThat(blobs(read, "second", 0)).containsExactly(digest("base"), digest("second"));
    CacheDocument.Entry lost = Objects.requireNonNull(document.records().get(digest("lost")));
    assertThat(lost.results()).isEmpty();
    assertThat(lost.contents())
        .containsExactly(new CacheDocument.Content(1, digest("part"), digest("other content")));
    assertThat(document.layers()).allMatch(layer -> layer.created().equals(Optional.of(TIME)));
  }

  private static List<Digest> blobs(ReadCache read, String key, int output) {
    CacheDocument.Entry entry = Objects.requireNonNull(read.document().records().get(digest(key)));
    return read.document().chain(entry.results().get(output)).stream()
        .map(index -> read.blob(read.document().layers().get(index)).digest())
        .toList();
  }

  private CachePlace place(String host) {
    return new RegistryPlace(client, Reference.parse(host + "/cache:main"));
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void aCacheInARegistryIsReadAsItWasWritten(Packing packing) throws Exception {
    CachePlace place = place(registry.host());

    Descriptor root = new CacheExport(results()).store(place, packing, new Stages());

    assertThat(place.root().descriptor().digest()).isEqualTo(root.digest());
    List<ReadCache> read = CacheReader.read(place);
    assertThat(read).hasSize(1);
    check(read.getFirst());
    assertThat(stages).last().asString().contains("manifest " + root.digest());
  }

  @Test
  @NeedsTool("docker-registry")
  void aRealRegistryTakesIt() throws Exception {
    try (RealRegistry real = RealRegistry.start(folder)) {
      new CacheExport(results()).store(place(real.host()), Packing.IMAGE_MANIFEST, new Stages());

      check(CacheReader.read(place(real.host())).getFirst());
    }
  }

  @Test
  void cacheMountsAreReadAsTheyWereWritten() throws Exception {
    LayerSource low = layer("low");
    LayerSource high = layer("high");
    List<Instant> times = List.of(Instant.EPOCH, Instant.EPOCH);
    CachedMount empty =
        new CachedMount("/e", Optional.empty(), new CachedResults.Chain(List.of(), List.of()));
    CachedMount mount =
        new CachedMount(
            "/m", Optional.of(digest("seed")), new CachedResults.Chain(List.of(low, high), times));
    new CacheExport(results(), List.of(empty, mount))
        .store(place(registry.host()), Packing.IMAGE_MANIFEST, new Stages());

    ReadCache read = CacheReader.read(place(registry.host())).getFirst();

    CacheDocument.Mount found = read.document().mounts().getFirst();
    assertThat(read.document().mounts()).hasSize(1);
    assertThat(found.id()).isEqualTo("/m");
    assertThat(found.initial()).contains(digest("seed"));
    assertThat(
            read.document().chain(found.top()).stream()
                .map(at -> read.blob(read.document().layers().get(at)).digest()))
        .containsExactly(low.seal().descriptor().digest(), high.seal().descriptor().digest());
  }

  @Test
  void readingACacheReadsNoLayer() throws Exception {
    new CacheExport(results()).store(place(registry.host()), Packing.IMAGE_MANIFEST, new Stages());
    registry.clearLog();

    var _ = CacheReader.read(place(registry.host()));

    assertThat(registry.count("GET /v2/cache/blobs")).as("the document").isEqualTo(1);
  }

  @Test
  void aSecondExportSendsOnlyWhatIsNew() throws Exception {
    new CacheExport(results()).store(place(registry.host()), Packing.IMAGE_MANIFEST, new Stages());
    registry.clearLog();

    new CacheExport(results()).store(place(registry.host()), Packing.IMAGE_MANIFEST, new Stages());

    assertThat(registry.count("POST /v2/cache/blobs/uploads")).isZero();
  }

  @Test
  void aCacheInAFolderIsReadByItsDigest() throws Exception {
    MemoryStore store = new MemoryStore();
    Descriptor root =
        new CacheExport(results())
            .store(
                new LayoutPlace("local:/c", store, Optional.empty()),
                Packing.IMAGE_MANIFEST,
                new Stages());

    check(
        CacheReader.read(new LayoutPlace("local:/c", store, Optional.of(root.digest())))
            .getFirst());
    assertThatThrownBy(
            () -> CacheReader.read(new LayoutPlace("local:/c", store, Optional.of(digest("x")))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("local:/c")
        .hasMessageContaining(digest("x").toString());
  }

  @Test
  void anInlineCacheHoldsWhatTheImageConsistsOf() throws Exception {
    List<LayerSource> image = List.of(layer("base"), layer("second"));
    Map<String, String> fields =
        InlineCache.fields(
            image,
            List.of(
                new CachedResults(
                    digest("base"), List.of(chain(image.get(0))), List.of(), Optional.empty()),
                new CachedResults(
                    digest("elsewhere"), List.of(chain(layer("z"))), List.of(), Optional.empty()),
                new CachedResults(
                    digest("second"),
                    List.of(chain(image.get(0), image.get(1))),
                    List.of(),
                    Optional.empty())));

    ImageConfig config = config(fields, "base", "second");
    ReadCache read = pushAndRead(config, List.of(image.get(0), image.get(1)));
    assertThat(read.document().records().keySet())
        .containsExactly(digest("base"), digest("second"));
    assertThat(blobs(read, "base", 0)).containsExactly(digest("base"));
    assertThat(blobs(read, "second", 0)).containsExactly(digest("base"), digest("second"));
    assertThat(InlineCache.without(config).others()).isEmpty();
  }

  @Test
  void anInlineCacheThatDoesNotFitItsImageIsRefused() throws Exception {
    Map<String, String> fields =
        InlineCache.fields(
            List.of(layer("base")),
            List.of(
                new CachedResults(
                    digest("base"), List.of(chain(layer("base"))), List.of(), Optional.empty())));

    assertThatThrownBy(
            () ->
                pushAndRead(
                    config(fields, "base", "second"), List.of(layer("base"), layer("second"))))
        .isInstanceOf(MalformedDocumentException.class)
        .hasMessageContaining("1 layers in an image of 2 layers");
  }

  private static ImageConfig config(Map<String, String> fields, String... layers) {
    ImageConfig empty = ImageConfig.empty(new Platform("linux", "amd64"));
    List<Digest> diffIds = java.util.Arrays.stream(layers).map(CacheTest::digest).toList();
    return new ImageConfig(
        empty.platform(), empty.created(), "", empty.config(), diffIds, List.of(), fields);
  }

  private ReadCache pushAndRead(ImageConfig config, List<LayerSource> layers) throws IOException {
    CachePlace place = place(registry.host());
    place.putLayers(layers, new Stages());
    Descriptor configBlob = Descriptor.of(MediaTypes.OCI_CONFIG, config.toJson());
    place.putBlob(configBlob, config.toJson());
    List<Descriptor> descriptors = new ArrayList<>();
    for (LayerSource layer : layers) {
      descriptors.add(layer.seal().descriptor());
    }
    byte[] manifest = new Manifest(configBlob, descriptors).toJson();
    place.putRoot(Descriptor.of(MediaTypes.OCI_MANIFEST, manifest), manifest);
    return CacheReader.read(place).getFirst();
  }

  @Test
  void whatIsNoCacheIsSaidToBeNone() throws Exception {
    CachePlace place = place(registry.host());
    assertThatThrownBy(() -> CacheReader.read(place))
        .isInstanceOf(RegistryException.NotFound.class);

    assertThatThrownBy(() -> pushAndRead(config(Map.of(), "base"), List.of(layer("base"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/cache:main holds no build cache");
  }

  @Test
  void aCacheOfBuildKitsIsRefusedByName() throws Exception {
    CachePlace place = place(registry.host());
    byte[] config = "{\"layers\":[],\"records\":[]}".getBytes(StandardCharsets.UTF_8);
    Descriptor blob = Descriptor.of("application/vnd.buildkit.cacheconfig.v0", config);
    place.putBlob(blob, config);
    byte[] manifest = new Manifest(blob, List.of()).toJson();
    place.putRoot(Descriptor.of(MediaTypes.OCI_MANIFEST, manifest), manifest);

    assertThatThrownBy(() -> CacheReader.read(place))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/cache:main")
        .hasMessageContaining("BuildKit wrote");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{}",
        "{\"version\":2}",
        "{\"version\":1,\"layers\":[{\"blob\":\"x\"}]}",
        "{\"version\":1,\"layers\":[{\"blob\":\"DIGEST\",\"parent\":0}]}",
        "{\"version\":1,\"layers\":[{\"blob\":\"DIGEST\",\"parent\":-2}]}",
        "{\"version\":1,\"layers\":[{\"blob\":\"DIGEST\",\"parent\":-1,\"created\":\"now\"}]}",
        "{\"version\":1,\"records\":[{\"key\":\"DIGEST\",\"results\":[{\"layer\":0}]}]}",
        "{\"version\":1,\"records\":[{\"results\":[]}]}",
        "{\"version\":1,\"records\":[{\"key\":\"DIGEST\",\"contents\":[{\"output\":-1}]}]}",
        "{\"version\":1,\"markers\":[\"sha256:1\"]}",
        "{\"version\":1,\"imageLayers\":1001}"
      })
  void brokenDocumentsAreRefusedWithTheirName(String json) {
    byte[] body = json.replace("DIGEST", digest("d").toString()).getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> CacheDocument.parse(body, "the cache"))
        .isInstanceOf(MalformedDocumentException.class)
        .hasMessageContaining("the cache");
  }
}
