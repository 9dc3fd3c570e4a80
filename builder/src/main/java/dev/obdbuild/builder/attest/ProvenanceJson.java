package dev.obdbuild.builder.attest;

import dev.obdbuild.builder.BuildKitRelease;
import dev.obdbuild.builder.attest.AttestOptions.Provenance;
import dev.obdbuild.builder.attest.AttestOptions.Version;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.pusher.attest.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The predicate of a provenance, in the two forms of SLSA that BuildKit writes.
 *
 * @param graph of the result
 * @param request what its frontend was asked for
 * @param root what the client asked for in the first place, if that was something else
 * @param layers of the outputs of vertices, where they are part of the result: by vertex and index
 * @param run when and as what the build ran
 */
record ProvenanceJson(
    Graph graph,
    Materials materials,
    RequestJson request,
    Optional<RequestJson> root,
    Map<Layers, List<Descriptor>> layers,
    Run run) {

  /** An output of a vertex. */
  record Layers(Digest vertex, int output) {}

  /**
   * A run of the builder.
   *
   * @param id of this run
   * @param facts about the builder
   * @param usage samples of what the machine did, if they are asked for
   */
  record Run(
      String id, Instant started, Instant finished, BuilderFacts facts, List<JsonWriter> usage) {}

  private static final String TYPE_V1 =
      "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md";
  private static final String DOCKERFILE_VERSION = "dockerfileVersion";
  private static final String TYPE_V02 = "https://mobyproject.org/buildkit@v1";

  /** The predicate, indented. */
  byte[] toBytes(Provenance wanted) throws IOException {
    JsonWriter json = wanted.version() == Version.V1 ? v1(wanted) : v02(wanted);
    return JsonText.indent(json.toString(), wanted.version().predicateType())
        .getBytes(StandardCharsets.UTF_8);
  }

  private boolean requestComplete() {
    boolean hidden = request.scrubbed() || root.filter(RequestJson::scrubbed).isPresent();
    return !request.frontend().isEmpty() && !hidden;
  }

  private JsonWriter v1(Provenance wanted) throws IOException {
    JsonWriter internal = new JsonWriter();
    if (wanted.max() && graph.result().isPresent()) {
      internal.object("buildConfig", new BuildSteps(graph).config());
    }
    internal.always("builderPlatform", builderPlatform());
    builder(internal);
    JsonWriter definition = new JsonWriter().always("buildType", TYPE_V1);
    List<JsonWriter> dependencies = materials.dependencies();
    if (!dependencies.isEmpty()) {
      definition.objects("resolvedDependencies", dependencies);
    }
    definition
        .object(
            "externalParameters",
            new JsonWriter()
                .object("configSource", request.configSource(materials, false))
                .object("request", request.request(materials, root, wanted.max())))
        .object("internalParameters", internal);
    JsonWriter metadata =
        new JsonWriter()
            .always("invocationId", run.id())
            .always("startedOn", run.started().toString())
            .always("finishedOn", run.finished().toString())
            .object("buildkit_metadata", details(wanted))
            .bool("buildkit_hermetic", materials.hermetic())
            .object(
                "buildkit_completeness",
                new JsonWriter()
                    .raw("request", Boolean.toString(requestComplete()))
                    .raw("resolvedDependencies", Boolean.toString(materials.complete())))
            .bool("buildkit_reproducible", wanted.reproducible());
    return new JsonWriter()
        .object("buildDefinition", definition)
        .object(
            "runDetails",
            new JsonWriter()
                .object("builder", new JsonWriter().always("id", wanted.builderId()))
                .object("metadata", metadata));
  }

  private JsonWriter v02(Provenance wanted) throws IOException {
    JsonWriter out =
        new JsonWriter()
            .object("builder", new JsonWriter().always("id", wanted.builderId()))
            .always("buildType", TYPE_V02);
    List<JsonWriter> dependencies = materials.dependencies();
    if (!dependencies.isEmpty()) {
      out.objects("materials", dependencies);
    }
    out.object(
        "invocation",
        new JsonWriter()
            .object("configSource", request.configSource(materials, true))
            .object("parameters", request.request(materials, root, wanted.max()))
            .object(
                "environment", builder(new JsonWriter().always("platform", builderPlatform()))));
    if (wanted.max() && graph.result().isPresent()) {
      out.object("buildConfig", new BuildSteps(graph).config());
    }
    return out.object(
        "metadata",
        new JsonWriter()
            .always("buildInvocationID", run.id())
            .always("buildStartedOn", run.started().toString())
            .always("buildFinishedOn", run.finished().toString())
            .object(
                "completeness",
                new JsonWriter()
                    .raw("parameters", Boolean.toString(requestComplete()))
                    .raw("environment", "true")
                    .raw("materials", Boolean.toString(materials.complete())))
            .raw("reproducible", Boolean.toString(wanted.reproducible()))
            .object(TYPE_V02 + "#metadata", details(wanted))
            .bool(TYPE_V02 + "#hermetic", materials.hermetic()));
  }

  private static String builderPlatform() {
    return Platform.host().normalised().format();
  }

  private JsonWriter builder(JsonWriter out) {
    if (request.frontend().equals("dockerfile.v0")
        && !run.facts().json().containsKey(DOCKERFILE_VERSION)) {
      out.always(DOCKERFILE_VERSION, BuildKitRelease.DOCKERFILE);
    }
    run.facts().json().forEach(out::raw);
    return out;
  }

  private JsonWriter details(Provenance wanted) throws IOException {
    JsonWriter out = new JsonWriter().map("vcs", request.vcs());
    if (wanted.usage()) {
      out.objects("sysUsage", run.usage());
    }
    if (!wanted.max() || graph.result().isEmpty()) {
      return out;
    }
    BuildSteps steps = new BuildSteps(graph);
    if (!graph.sources().isEmpty()) {
      out.object("source", steps.source());
    }
    Map<String, String> told = new TreeMap<>();
    layers.forEach(
        (place, chain) -> {
          Integer step = steps.numbers().get(place.vertex());
          if (step != null && !chain.isEmpty()) {
            told.put("step" + step + ":" + place.output(), list(chain));
          }
        });
    if (!told.isEmpty()) {
      JsonWriter all = new JsonWriter();
      told.forEach(all::raw);
      out.object("layers", all);
    }
    return out;
  }

  private static String list(List<Descriptor> chain) {
    return chain.stream().map(Descriptor::toJson).collect(Collectors.joining(",", "[[", "]]"));
  }
}
