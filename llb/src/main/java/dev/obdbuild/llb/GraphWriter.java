package dev.obdbuild.llb;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.pb.Definition;
import dev.obdbuild.protos.pb.Location;
import dev.obdbuild.protos.pb.Locations;
import dev.obdbuild.protos.pb.OpMetadata;
import dev.obdbuild.protos.pb.Position;
import dev.obdbuild.protos.pb.Range;
import dev.obdbuild.protos.pb.Source;
import dev.obdbuild.protos.pb.SourceInfo;
import java.util.List;

/** Graphs to {@code pb.Definition}. */
final class GraphWriter {
  private GraphWriter() {}

  static Definition write(Graph graph) {
    var definition = Definition.newBuilder();
    if (graph.result().isEmpty()) {
      return definition.build();
    }
    var source = Source.newBuilder();
    for (SourceFile file : graph.sources()) {
      var info =
          SourceInfo.newBuilder()
              .setFilename(file.name())
              .setData(OpWriter.copy(file.data()))
              .setLanguage(file.language());
      file.origin().ifPresent(origin -> info.setDefinition(write(origin)));
      source.addInfos(info);
    }
    for (Vertex vertex : graph.vertices()) {
      String digest = vertex.digest().toString();
      definition.addDef(OpWriter.copy(vertex.marshalled()));
      definition.putMetadata(digest, MetadataCodec.write(vertex.meta()));
      source.putLocations(digest, locations(vertex.meta().locations()));
    }
    byte[] last = graph.end();
    var caps = OpMetadata.newBuilder();
    graph.caps().forEach(cap -> caps.putCaps(cap, true));
    return definition
        .addDef(OpWriter.copy(last))
        .putMetadata(Digest.sha256(last).toString(), caps.build())
        .setSource(source)
        .build();
  }

  private static Locations locations(List<SourceLocation> places) {
    var all = Locations.newBuilder();
    for (SourceLocation place : places) {
      var location = Location.newBuilder().setSourceIndex(place.source());
      for (SourceLocation.LineRange range : place.ranges()) {
        location.addRanges(
            Range.newBuilder().setStart(line(range.first())).setEnd(line(range.last())));
      }
      all.addLocations(location);
    }
    return all.build();
  }

  private static Position line(int line) {
    return Position.newBuilder().setLine(line).build();
  }
}
