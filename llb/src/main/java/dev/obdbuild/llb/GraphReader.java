package dev.obdbuild.llb;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.protos.pb.Definition;
import dev.obdbuild.protos.pb.Location;
import dev.obdbuild.protos.pb.Locations;
import dev.obdbuild.protos.pb.OpMetadata;
import dev.obdbuild.protos.pb.Source;
import dev.obdbuild.protos.pb.SourceInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Definitions from outside to graphs, checked. */
final class GraphReader {
  private static final int MAX_VERTICES = 100_000;
  private static final int MAX_DEPTH = 8;

  private final Definition definition;
  private final int depth;

  private GraphReader(Definition definition, int depth) {
    this.definition = definition;
    this.depth = depth;
  }

  static Graph read(Definition definition, int depth) throws InvalidGraphException {
    if (depth > MAX_DEPTH) {
      throw new InvalidGraphException("definitions nested deeper than " + MAX_DEPTH);
    }
    return new GraphReader(definition, depth).read();
  }

  private Graph read() throws InvalidGraphException {
    int count = definition.getDefCount();
    if (count == 0) {
      return Graph.EMPTY;
    }
    if (count > MAX_VERTICES) {
      throw new InvalidGraphException(
          "definition with " + count + " vertices, allowed are " + MAX_VERTICES);
    }
    Map<Digest, Vertex> vertices = new LinkedHashMap<>();
    for (ByteString bytes : definition.getDefList().subList(0, count - 1)) {
      Vertex vertex = vertex(bytes.toByteArray());
      vertices.putIfAbsent(vertex.digest(), vertex);
    }
    Output result = result(definition.getDef(count - 1).toByteArray());
    Vertex last = vertices.get(result.vertex());
    if (last == null || result.index() >= OpCheck.outputs(last.op())) {
      throw new InvalidGraphException("result " + result + " is not in the definition");
    }
    List<SourceFile> sources = new ArrayList<>();
    for (SourceInfo info : definition.getSource().getInfosList()) {
      sources.add(source(info));
    }
    return new Graph(TopologicalOrder.of(vertices), Optional.of(result), sources);
  }

  private SourceFile source(SourceInfo info) throws InvalidGraphException {
    Optional<Graph> origin =
        info.getDefinition().getDefCount() > 0
            ? Optional.of(read(info.getDefinition(), depth + 1))
            : Optional.empty();
    return new SourceFile(
        info.getFilename(), info.getData().toByteArray(), info.getLanguage(), origin);
  }

  private Vertex vertex(byte[] bytes) throws InvalidGraphException {
    Digest digest = Digest.sha256(bytes);
    try {
      dev.obdbuild.protos.pb.Op message = dev.obdbuild.protos.pb.Op.parseFrom(bytes);
      List<Input> inputs = inputs(message);
      Op op = OpReader.read(message, depth);
      OpCheck.check(op, inputs.size());
      Optional<Platform> platform =
          message.hasPlatform()
              ? Optional.of(Platforms.fromProto(message.getPlatform()))
              : Optional.empty();
      return new Vertex(digest, bytes, op, inputs, platform, metadata(digest.toString()));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new InvalidGraphException("vertex " + digest + ": " + e.getMessage(), e);
    } catch (InvalidGraphException e) {
      throw new InvalidGraphException("vertex " + digest + ": " + e.getMessage(), e);
    }
  }

  private static List<Input> inputs(dev.obdbuild.protos.pb.Op message)
      throws InvalidGraphException {
    List<Input> inputs = new ArrayList<>();
    for (var input : message.getInputsList()) {
      int index = OpReader.index(input.getIndex(), "index of an input");
      if (index < 0) {
        throw new InvalidGraphException("index of an input is " + index);
      }
      inputs.add(new Input(Digest.parse(input.getDigest()), index));
    }
    return inputs;
  }

  private static Output result(byte[] bytes) throws InvalidGraphException {
    try {
      dev.obdbuild.protos.pb.Op message = dev.obdbuild.protos.pb.Op.parseFrom(bytes);
      List<Input> inputs = inputs(message);
      if (message.getOpCase() != dev.obdbuild.protos.pb.Op.OpCase.OP_NOT_SET
          || inputs.size() != 1) {
        throw new InvalidGraphException(
            "last element must have one input and no operation, has " + inputs.size() + " inputs");
      }
      return new Output(inputs.getFirst().vertex(), inputs.getFirst().index());
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new InvalidGraphException("result of the definition: " + e.getMessage(), e);
    }
  }

  private VertexMetadata metadata(String digest) throws InvalidGraphException {
    OpMetadata metadata = definition.getMetadataOrDefault(digest, OpMetadata.getDefaultInstance());
    return MetadataCodec.read(metadata, locations(digest));
  }

  private List<SourceLocation> locations(String digest) throws InvalidGraphException {
    Source source = definition.getSource();
    List<SourceLocation> places = new ArrayList<>();
    for (Location location :
        source.getLocationsOrDefault(digest, Locations.getDefaultInstance()).getLocationsList()) {
      if (location.getSourceIndex() < 0 || location.getSourceIndex() >= source.getInfosCount()) {
        throw new InvalidGraphException(
            "source index " + location.getSourceIndex() + " of " + source.getInfosCount());
      }
      places.add(
          new SourceLocation(
              location.getSourceIndex(),
              location.getRangesList().stream()
                  .map(
                      r ->
                          new SourceLocation.LineRange(
                              r.getStart().getLine(), r.getEnd().getLine()))
                  .toList()));
    }
    return places;
  }
}
