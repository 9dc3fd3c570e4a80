package dev.obdbuild.builder.attest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.attest.AttestOptions.Provenance;
import dev.obdbuild.builder.attest.AttestOptions.Version;
import dev.obdbuild.builder.attest.ProvenanceJson.Layers;
import dev.obdbuild.builder.attest.ProvenanceJson.Run;
import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.SourceFile;
import dev.obdbuild.llb.SourceLocation;
import dev.obdbuild.llb.SourceLocation.LineRange;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ProvenanceJsonTest {

  private static final Digest IMAGE = Digest.sha256(new byte[] {1});
  private static final Platform AMD64 = new Platform("linux", "amd64");
  private static final Instant STARTED = Instant.parse("2026-01-02T03:04:05Z");

  private final Node base =
      Node.of(
          SourceOp.of("docker-image://docker.io/library/b:1", Map.of("local.session", "s3cr")),
          List.of(),
          Optional.of(AMD64),
          VertexMetadata.EMPTY);

  private final Node run =
      Node.of(
          new ExecOp(
              ExecMeta.of(List.of("make"), List.of("A=<b>"), "/", ""),
              List.of(
                  ExecMount.bind(0, "", "/", 0, false),
                  ExecMount.of(new ExecMount.Secret("tok", 0, 0, 0400, true), "/run/tok")),
              ExecOp.NetworkMode.NONE,
              ExecOp.SecurityMode.SANDBOX,
              List.of(),
              List.of()),
          List.of(base.out()),
          Optional.of(AMD64),
          VertexMetadata.EMPTY.withLocations(
              List.of(new SourceLocation(0, List.of(new LineRange(2, 3))))));

  private final Graph graph =
      Graph.of(
          run.out(),
          List.of(
              new SourceFile(
                  "Dockerfile", "FROM b".getBytes(StandardCharsets.UTF_8), "Dockerfile")));

  private static Materials materials() {
    Materials materials = new Materials();
    Optional<Platform> platform = Optional.of(AMD64);
    materials.image(
        new Materials.Image("docker.io/library/b:1", platform, IMAGE.toString(), false));
    materials.image(
        new Materials.Image("docker.io/library/b:1@" + IMAGE, platform, IMAGE.toString(), false));
    materials.git("https://example.org/r.git#main", "0123456789012345678901234567890123456789");
    materials.http("https://example.org/f", IMAGE.toString());
    materials.secret("tok", true);
    materials.secret("tok", false);
    return materials;
  }

  private JsonReader json(Materials materials, Provenance wanted, Map<String, String> options)
      throws Exception {
    ProvenanceJson json =
        new ProvenanceJson(
            graph,
            materials,
            RequestJson.of("dockerfile.v0", options, new TreeMap<>(), wanted.max()),
            Optional.empty(),
            Map.of(
                new Layers(run.vertex().digest(), 0),
                List.of(new Descriptor("application/layer", IMAGE, 7))),
            new Run(
                "id",
                STARTED,
                STARTED.plusSeconds(1),
                new BuilderFacts(new TreeMap<>(Map.of("site", "{\"name\":\"here\"}"))),
                List.of(new JsonWriter().always("timestamp", "now"))));
    return JsonReader.parse(json.toBytes(wanted), "provenance");
  }

  private static Provenance max(Version version) {
    return new Provenance(version, true, false, true, false, true, "http://me", "provenance.json");
  }

  private static JsonReader at(JsonReader json, String... path) throws Exception {
    JsonReader at = json;
    for (String key : path) {
      at = at.object(key).orElseThrow();
    }
    return at;
  }

  @Test
  void materials_are_told_once_with_what_they_stood_for() throws Exception {
    JsonReader json = json(materials(), max(Version.V1), Map.of());

    List<JsonReader> told = at(json, "buildDefinition").objects("resolvedDependencies");
    assertThat(told).hasSize(3);
    assertThat(told.getFirst().string("uri")).isEqualTo("pkg:docker/b@1?platform=linux%2Famd64");
    assertThat(told.getFirst().stringMap("digest")).isEqualTo(Map.of("sha256", IMAGE.hex()));
    assertThat(told.get(1).stringMap("digest")).containsOnlyKeys("sha1");
    assertThat(told.get(2).string("uri")).isEqualTo("https://example.org/f");
  }

  @Test
  void max_tells_the_graph_by_steps_without_the_clients_connection() throws Exception {
    JsonReader json = json(materials(), max(Version.V1), Map.of("build-arg:X", "1"));

    JsonReader config = at(json, "buildDefinition", "internalParameters", "buildConfig");
    List<JsonReader> steps = config.objects("llbDefinition");
    assertThat(steps).hasSize(3);
    assertThat(at(steps.getFirst(), "op", "Op", "source").stringMap("attrs")).isEmpty();
    assertThat(steps.get(1).strings("inputs")).containsExactly("step0:0");
    JsonReader exec = at(steps.get(1), "op", "Op", "exec");
    assertThat(at(exec, "meta").strings("env")).containsExactly("A=<b>");
    assertThat(exec.objects("mounts").get(1).integer("mountType", 0)).isEqualTo(1);
    assertThat(at(exec.objects("mounts").get(1), "secretOpt").string("ID")).isEqualTo("tok");
    JsonReader internal = at(json, "buildDefinition", "internalParameters");
    assertThat(at(internal, "site").string("name")).isEqualTo("here");
    assertThat(internal.string("dockerfileVersion")).isNotEmpty();
    assertThat(config.stringMap("digestMapping"))
        .containsEntry(run.vertex().digest().toString(), "step1");
    JsonReader metadata = at(json, "runDetails", "metadata", "buildkit_metadata");
    JsonReader place = at(metadata, "source", "locations", "step1").objects("locations").getFirst();
    assertThat(at(place.objects("ranges").getFirst(), "end").integer("line", 0)).isEqualTo(3);
    assertThat(at(metadata, "layers").others().get("step1:0")).contains(IMAGE.toString());
    assertThat(metadata.objects("sysUsage")).hasSize(1);
    assertThat(at(json, "runDetails", "metadata").bool("buildkit_reproducible")).isTrue();
  }

  @Test
  void min_keeps_arguments_and_secrets_to_itself_and_says_so() throws Exception {
    Provenance min =
        new Provenance(Version.V1, false, true, false, false, false, "", "provenance.json");
    JsonReader json = json(materials(), min, Map.of("build-arg:X", "1", "target", "a"));

    JsonReader request = at(json, "buildDefinition", "externalParameters", "request");
    assertThat(request.stringMap("args")).isEqualTo(Map.of("target", "a"));
    assertThat(request.has("secrets")).isFalse();
    assertThat(at(json, "buildDefinition", "internalParameters").has("buildConfig")).isFalse();
    assertThat(at(json, "runDetails", "metadata", "buildkit_completeness").bool("request"))
        .isFalse();
  }

  @Test
  void the_clients_folders_make_it_incomplete_and_the_network_not_hermetic() throws Exception {
    assertThat(hermetic(materials())).isTrue();
    Materials networked = materials();
    networked.network();
    assertThat(hermetic(networked)).isFalse();
    Materials local = materials();
    local.local("context");
    JsonReader json = json(local, max(Version.V1), Map.of());
    assertThat(
            at(json, "runDetails", "metadata", "buildkit_completeness")
                .bool("resolvedDependencies"))
        .isFalse();
    assertThat(
            at(json, "buildDefinition", "externalParameters", "request")
                .objects("locals")
                .getFirst()
                .string("name"))
        .isEqualTo("context");
  }

  private boolean hermetic(Materials materials) throws Exception {
    return at(json(materials, max(Version.V1), Map.of()), "runDetails", "metadata")
        .bool("buildkit_hermetic");
  }

  @Test
  void the_older_form_holds_the_same() throws Exception {
    JsonReader json =
        json(
            materials(),
            max(Version.V02),
            Map.of("filename", "D", "vcs:source", "https://u:p@h/r"));

    assertThat(json.objects("materials")).hasSize(3);
    assertThat(at(json, "builder").string("id")).isEqualTo("http://me");
    assertThat(at(json, "invocation", "configSource").string("entryPoint")).isEqualTo("D");
    assertThat(at(json, "metadata").string("buildStartedOn")).isEqualTo(STARTED.toString());
    assertThat(
            at(json, "metadata", "https://mobyproject.org/buildkit@v1#metadata").stringMap("vcs"))
        .isEqualTo(Map.of("source", "https://xxxxx:xxxxx@h/r"));
  }

  @Test
  void a_context_that_is_a_repository_is_where_the_build_comes_from() throws Exception {
    JsonReader json =
        json(
            materials(),
            max(Version.V1),
            Map.of("context", "https://example.org/r.git#main", "cache-imports", "[]"));

    JsonReader source = at(json, "buildDefinition", "externalParameters", "configSource");
    assertThat(source.string("uri")).isEqualTo("https://example.org/r.git#main");
    assertThat(source.stringMap("digest")).containsOnlyKeys("sha1");
    assertThat(at(json, "buildDefinition", "externalParameters", "request").has("args")).isFalse();
  }
}
