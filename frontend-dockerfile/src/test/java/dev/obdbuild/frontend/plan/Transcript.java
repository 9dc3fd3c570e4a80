package dev.obdbuild.frontend.plan;

import dev.obdbuild.llb.Graph;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.protos.pb.Definition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One request to a real BuildKit and its answer.
 *
 * @param refs of each platform (or of {@code one}) the digests of all vertices with their names
 */
record Transcript(
    FrontendOptions options,
    TestSources sources,
    Map<String, Map<String, String>> refs,
    Map<String, String> metadata,
    Optional<String> error) {

  static Transcript of(String name) throws IOException {
    JsonReader json;
    try (InputStream in = Transcript.class.getResourceAsStream("/buildkit/" + name + ".json")) {
      json = JsonReader.parse(Objects.requireNonNull(in).readAllBytes(), name);
    }
    Map<String, Graph> inputs = new TreeMap<>();
    for (Map.Entry<String, String> input : json.stringMap("inputs").entrySet()) {
      byte[] bytes = Base64.getDecoder().decode(input.getValue());
      inputs.put(input.getKey(), Graph.of(Definition.parseFrom(bytes)));
    }
    TestSources sources = sources(json);
    inputs.forEach(
        (input, graph) ->
            sources.file(
                graph.head().orElseThrow().digest().toString(),
                "Dockerfile",
                "FROM scratch\nCOPY a /b".getBytes(StandardCharsets.UTF_8)));
    FrontendOptions options =
        new FrontendOptions(
            json.stringMap("options"),
            inputs,
            json.string("session"),
            new Platform("linux", "amd64"));
    Map<String, Map<String, String>> refs = new TreeMap<>();
    for (String platform : json.names("refs")) {
      refs.put(platform, json.object("refs").orElseThrow().stringMap(platform));
    }
    return new Transcript(
        options, sources, refs, json.stringMap("metadata"), json.optionalString("error"));
  }

  private static TestSources sources(JsonReader json) throws IOException {
    TestSources sources = new TestSources();
    for (String tree : json.names("files")) {
      json.object("files")
          .orElseThrow()
          .stringMap(tree)
          .forEach((path, text) -> sources.file(tree, path, text.getBytes(StandardCharsets.UTF_8)));
    }
    for (Map.Entry<String, JsonReader> image : json.objectMap("images").entrySet()) {
      sources.image(
          image.getKey(),
          image.getValue().string("config"),
          Digest.parse(image.getValue().string("digest")));
    }
    return sources;
  }

  FrontendResult plan() throws IOException {
    return new DockerfileFrontend().plan(options, sources.busybox());
  }
}
