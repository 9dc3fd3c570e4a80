package dev.obdbuild.builder.attest;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Input;
import dev.obdbuild.llb.SourceFile;
import dev.obdbuild.llb.SourceLocation;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.protos.pb.Op;
import dev.obdbuild.protos.pb.SourceOp;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The steps of a graph by number, inputs before what uses them, as a provenance tells them. */
final class BuildSteps {

  /** Attributes that tell one client's connection, not what was built. */
  private static final List<String> OF_SESSION = List.of("local.session", "local.unique");

  private final Graph graph;
  private final Map<Digest, Vertex> vertices;
  private final Map<Digest, Integer> numbers = new LinkedHashMap<>();

  /** The steps of a graph that has a result. */
  BuildSteps(Graph graph) {
    this.graph = graph;
    this.vertices = graph.byDigest();
    number(graph.result().orElseThrow().vertex());
  }

  private void number(Digest vertex) {
    if (numbers.containsKey(vertex)) {
      return;
    }
    for (Input input : vertex(vertex).inputs()) {
      number(input.vertex());
    }
    numbers.put(vertex, numbers.size());
  }

  private Vertex vertex(Digest digest) {
    return Objects.requireNonNull(vertices.get(digest));
  }

  /** The number of each step that the result needs. */
  Map<Digest, Integer> numbers() {
    return numbers;
  }

  /** The graph: {@code llbDefinition} and {@code digestMapping}. */
  JsonWriter config() throws InvalidProtocolBufferException {
    return config(new JsonWriter());
  }

  private JsonWriter config(JsonWriter out) throws InvalidProtocolBufferException {
    List<JsonWriter> steps = new ArrayList<>();
    JsonWriter digests = new JsonWriter();
    for (Map.Entry<Digest, Integer> entry : numbers.entrySet()) {
      Vertex vertex = vertex(entry.getKey());
      steps.add(step(entry.getValue(), vertex.inputs(), Op.parseFrom(vertex.marshalled())));
      digests.always(entry.getKey().toString(), name(entry.getValue()));
    }
    Op end = Op.parseFrom(graph.end());
    Input result =
        new Input(graph.result().orElseThrow().vertex(), graph.result().orElseThrow().index());
    steps.add(step(numbers.size(), List.of(result), end));
    digests.always(Digest.sha256(graph.end()).toString(), name(numbers.size()));
    return out.objects("llbDefinition", steps).object("digestMapping", digests);
  }

  private JsonWriter step(int number, List<Input> inputs, Op op) {
    Op.Builder told = op.toBuilder().clearInputs();
    if (op.hasSource()) {
      SourceOp.Builder source = op.getSource().toBuilder();
      OF_SESSION.forEach(source::removeAttrs);
      told.setSource(source);
    }
    List<String> names =
        inputs.stream()
            .map(
                input ->
                    name(Objects.requireNonNull(numbers.get(input.vertex()))) + ":" + input.index())
            .toList();
    return new JsonWriter()
        .always("id", name(number))
        .object("op", MessageJson.of(told.build()))
        .strings("inputs", names);
  }

  private static String name(int number) {
    return "step" + number;
  }

  /** The files that the graph was made from and which lines became which step. */
  JsonWriter source() throws InvalidProtocolBufferException {
    JsonWriter locations = new JsonWriter();
    numbers.forEach(
        (digest, number) ->
            locations.object(name(number), locations(vertex(digest).meta().locations())));
    List<JsonWriter> infos = new ArrayList<>();
    for (SourceFile file : graph.sources()) {
      JsonWriter info =
          new JsonWriter()
              .string("filename", file.name())
              .string("language", file.language())
              .string("data", Base64.getEncoder().encodeToString(file.data()));
      if (file.origin().isPresent()) {
        new BuildSteps(file.origin().get()).config(info);
      }
      infos.add(info);
    }
    return new JsonWriter().object("locations", locations).objects("infos", infos);
  }

  private static JsonWriter locations(List<SourceLocation> places) {
    List<JsonWriter> all = new ArrayList<>();
    for (SourceLocation place : places) {
      List<JsonWriter> ranges =
          place.ranges().stream()
              .map(
                  range ->
                      new JsonWriter()
                          .object("start", new JsonWriter().integer("line", range.first()))
                          .object("end", new JsonWriter().integer("line", range.last())))
              .toList();
      all.add(new JsonWriter().integer("sourceIndex", place.source()).objects("ranges", ranges));
    }
    return all.isEmpty() ? new JsonWriter() : new JsonWriter().objects("locations", all);
  }
}
