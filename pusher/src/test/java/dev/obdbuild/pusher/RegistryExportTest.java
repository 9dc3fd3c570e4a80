package dev.obdbuild.pusher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.History;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Index;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.registry.RegistryConfig;
import dev.obdbuild.pusher.attest.Attestation;
import dev.obdbuild.pusher.output.ImageOutput;
import dev.obdbuild.pusher.output.LayerChoice;
import dev.obdbuild.pusher.output.Output;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.RealRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole images in a real registry, read back by skopeo. */
@NeedsTool({"docker-registry", "skopeo"})
final class RegistryExportTest {

  private static final Platform AMD64 = Platform.parse("linux/amd64");
  private static final Platform ARM64 = Platform.parse("linux/arm64");

  @TempDir Path folder;
  @TempDir Path data;
  @AutoClose private RealRegistry registry;

  @AutoClose
  private final RegistryClient client =
      new RegistryClient(RegistryConfig.defaults(), Credentials.none());

  private final List<String> stages = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    registry = RealRegistry.start(data);
  }

  private PlatformImage platform(Platform platform) throws IOException {
    byte[] block = ("block of " + platform).getBytes(StandardCharsets.UTF_8);
    Attestation provenance =
        new Attestation(
            "https://slsa.dev/provenance/v1",
            "{}".getBytes(StandardCharsets.UTF_8),
            "provenance.json",
            true,
            List.of());
    return new PlatformImage(
        platform,
        Optional.of(chain(TarLayer.of(folder, Map.of("etc/for", platform.format())))),
        Optional.of(chain(FileLayer.of(folder, block))),
        ImageConfig.empty(platform)
            .withHistory(List.of(History.of(Optional.empty(), "COPY", false))),
        0,
        Optional.empty(),
        List.of(provenance),
        Map.of());
  }

  private static LayerChain chain(LayerSource layer) {
    return new LayerChain(List.of(layer), List.of(Optional.of(Instant.EPOCH)));
  }

  private ImageSet push(Map<String, String> attributes, String... names) throws IOException {
    ImageOutput output = (ImageOutput) Output.parse("image", attributes, LayerChoice.OVERLAYBD);
    List<Reference> references = List.of(names).stream().map(Reference::parseName).toList();
    ImageSet set =
        ImageAssembly.assemble(
            List.of(platform(AMD64), platform(ARM64)),
            true,
            output.image(),
            List.of(names),
            ExportStages.NONE);
    try (LayerUploader uploader = new LayerUploader(client, UploadProgress.NONE)) {
      new ImagePusher(client, uploader)
          .push(
              set,
              references,
              output.pushByDigest(),
              name -> {
                stages.add(name);
                return (current, total) -> {};
              });
    }
    return set;
  }

  private static byte[] skopeo(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("skopeo", "--insecure-policy"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    byte[] said = process.getInputStream().readAllBytes();
    assertThat(process.waitFor())
        .as(command + ": " + new String(said, StandardCharsets.UTF_8))
        .isZero();
    return said;
  }

  private byte[] inspect(String name) throws Exception {
    return skopeo("inspect", "--raw", "--tls-verify=false", "docker://" + name);
  }

  @Test
  void several_platforms_with_attestations_are_copied_by_skopeo() throws Exception {
    String one = registry.host() + "/team/app:1";
    String two = registry.host() + "/other:2";

    ImageSet set = push(Map.of("compression", "gzip"), one, two);

    assertThat(inspect(one)).isEqualTo(set.image().index().orElseThrow().bytes());
    assertThat(inspect(two)).isEqualTo(inspect(one));
    skopeo(
        "copy", "--all", "--src-tls-verify=false", "docker://" + one, "oci:" + folder + "/out:x");
    assertThat(stages)
        .containsExactly(
            "pushing layers",
            "pushing manifest for " + one + "@" + set.image().root().digest(),
            "pushing manifest for " + two + "@" + set.image().root().digest());
  }

  @Test
  void dockers_media_types_are_copied_by_skopeo() throws Exception {
    String name = registry.host() + "/docker:1";
    ImageOutput output =
        (ImageOutput)
            Output.parse(
                "image",
                Map.of("compression", "gzip", "oci-mediatypes", "false"),
                LayerChoice.OVERLAYBD);
    PlatformImage attested = platform(AMD64);
    PlatformImage plain =
        new PlatformImage(
            AMD64,
            attested.ordinary(),
            Optional.empty(),
            attested.config(),
            0,
            Optional.empty(),
            List.of(),
            Map.of());
    ImageSet set =
        ImageAssembly.assemble(
            List.of(plain), false, output.image(), List.of(name), ExportStages.NONE);
    try (LayerUploader uploader = new LayerUploader(client, UploadProgress.NONE)) {
      new ImagePusher(client, uploader)
          .push(set, List.of(Reference.parse(name)), false, ExportStages.NONE);
    }

    skopeo(
        "copy",
        "--src-tls-verify=false",
        "docker://" + name,
        "docker-archive:" + folder + "/out.tar:a:b");
    assertThat(new String(inspect(name), StandardCharsets.UTF_8))
        .contains(MediaTypes.DOCKER_MANIFEST);
  }

  @Test
  void the_overlaybd_images_are_found_as_referrers_of_the_ordinary_ones() throws Exception {
    Reference name = Reference.parse(registry.host() + "/both:1");

    ImageSet set = push(Map.of("format", "both"), name.canonical());

    Repository where = name.where();
    ImageTree image = set.image();
    ImageTree referrer = set.referrer().orElseThrow();
    assertThat(client.resolve(name).descriptor().digest()).isEqualTo(image.root().digest());
    assertThat(
            client.referrers(where, image.root().digest(), MediaTypes.OVERLAYBD_REFERRER).stream()
                .map(Descriptor::digest))
        .containsExactly(referrer.root().digest());
    List<Descriptor> ordinary =
        Index.parse(image.index().orElseThrow().bytes(), "index").manifests();
    List<Descriptor> blocks =
        Index.parse(referrer.index().orElseThrow().bytes(), "index").manifests();
    assertThat(
            client
                .referrers(where, ordinary.getFirst().digest(), MediaTypes.OVERLAYBD_REFERRER)
                .stream()
                .map(Descriptor::digest))
        .containsExactly(blocks.getFirst().digest());
    skopeo(
        "copy",
        "--src-tls-verify=false",
        "docker://" + name.canonical(),
        "oci:" + folder + "/out:x");
  }

  @Test
  void a_runtime_takes_the_ordinary_image_out_of_a_shared_index() throws Exception {
    String name = registry.host() + "/shared:1";

    ImageSet set = push(Map.of("format", "both-index"), name);

    List<Descriptor> entries =
        Index.parse(set.image().index().orElseThrow().bytes(), "index").manifests();
    String taken =
        new String(
            skopeo("--override-arch=arm64", "inspect", "--tls-verify=false", "docker://" + name),
            StandardCharsets.UTF_8);
    assertThat(taken).contains(set.image().images().get(1).layers().getFirst().digest().toString());
    assertThat(entries.stream().filter(e -> e.platform().orElseThrow().os().equals("linux")))
        .hasSize(4);
    skopeo(
        "copy", "--all", "--src-tls-verify=false", "docker://" + name, "oci:" + folder + "/out:x");
  }

  @Test
  void a_dangling_name_leaves_no_tag() throws Exception {
    String name = registry.host() + "/lost";
    String stale = name + "@sha256:" + "0".repeat(64);

    ImageSet set = push(Map.of(), stale);

    assertThat(stages).contains("pushing manifest for " + name + "@" + set.image().root().digest());
    assertThatThrownBy(() -> client.resolve(Reference.parse(name + ":latest")))
        .hasMessageContaining("MANIFEST_UNKNOWN");
  }

  @Test
  void a_push_by_digest_leaves_no_tag() throws Exception {
    String name = registry.host() + "/untagged";

    ImageSet set = push(Map.of("push-by-digest", "true"), name);

    assertThat(stages).contains("pushing manifest for " + name);
    assertThat(inspect(name + "@" + set.image().root().digest()))
        .isEqualTo(set.image().index().orElseThrow().bytes());
    assertThatThrownBy(() -> client.resolve(Reference.parse(name + ":latest")))
        .hasMessageContaining("MANIFEST_UNKNOWN");
    assertThatThrownBy(() -> push(Map.of("push-by-digest", "true"), name + ":1"))
        .hasMessageContaining("can't push tagged ref " + name + ":1 by digest");
  }
}
