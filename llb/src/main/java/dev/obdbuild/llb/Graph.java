package dev.obdbuild.llb;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.protos.pb.Definition;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A whole build: vertices in topological order (inputs first) and the one that is the result.
 *
 * @param result empty when the build is an empty filesystem ({@code FROM scratch} and no layer)
 * @param sources files that {@link VertexMetadata#locations()} point into
 */
public record Graph(List<Vertex> vertices, Optional<Output> result, List<SourceFile> sources) {

  /** An empty filesystem. */
  public static final Graph EMPTY = new Graph(List.of(), Optional.empty(), List.of());

  public Graph {
    vertices = List.copyOf(vertices);
    sources = List.copyOf(sources);
  }

  /**
   * Checks a definition from outside: every operation is known and complete, every input exists, no
   * vertex depends on itself, all indices are in bounds.
   *
   * @throws InvalidGraphException naming the vertex and what is wrong with it
   */
  public static Graph of(Definition definition) throws InvalidGraphException {
    return GraphReader.read(definition, 0);
  }

  /**
   * The same of a definition in its serialized form.
   *
   * @throws InvalidGraphException also when it is not one at all
   */
  public static Graph ofBytes(byte[] definition) throws InvalidGraphException {
    try {
      return of(Definition.parseFrom(definition));
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidGraphException("not a definition: " + e.getMessage(), e);
    }
  }

  /** The graph of all that {@code result} needs; equal vertices become one. */
  public static Graph of(Node.Out result, List<SourceFile> sources) {
    return GraphBuilder.build(result, sources);
  }

  /** The message form, with the marshalled bytes of each vertex unchanged. */
  public Definition toDefinition() {
    return GraphWriter.write(this);
  }

  /**
   * The graph for people and scripts: {@code def}, {@code metadata} and {@code source} as
   * BuildKit's {@code frontend.convertllb} writes them.
   */
  public JsonWriter toJson() {
    return GraphJson.of(this);
  }

  /**
   * This graph with other sources in the place of some. What stands above them gets new digests,
   * all else stays byte for byte.
   *
   * @throws IOException what the change throws
   */
  public Graph withSources(SourceChange change) throws IOException {
    return new GraphChange(change).apply(this);
  }

  /** The vertex that has the result; empty when there is none. */
  public Optional<Vertex> head() {
    return result.flatMap(
        output -> vertices.stream().filter(v -> v.digest().equals(output.vertex())).findFirst());
  }

  /**
   * The operation that ends a definition: it only names the result.
   *
   * @throws java.util.NoSuchElementException if there is no result
   */
  public byte[] end() {
    return OpWriter.result(result.orElseThrow());
  }

  /** What whoever reads the definition must know of it as a whole. */
  public SortedSet<String> caps() {
    SortedSet<String> caps = new TreeSet<>(List.of("constraints", "platform"));
    for (Vertex vertex : vertices) {
      VertexMetadata said = vertex.meta();
      if (said.ignoreCache()) {
        caps.add("meta.ignorecache");
      }
      if (!said.description().isEmpty()) {
        caps.add("meta.description");
      }
      if (said.exportCache().isPresent()) {
        caps.add("meta.exportcache");
      }
    }
    return caps;
  }

  /** The vertices by their digest, in the same order. */
  public Map<Digest, Vertex> byDigest() {
    Map<Digest, Vertex> map = new LinkedHashMap<>();
    vertices.forEach(v -> map.put(v.digest(), v));
    return map;
  }
}
