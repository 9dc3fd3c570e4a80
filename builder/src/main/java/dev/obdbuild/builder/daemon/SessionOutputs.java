package dev.obdbuild.builder.daemon;

import com.google.protobuf.ByteString;
import dev.obdbuild.builder.export.ExportRequest;
import dev.obdbuild.builder.export.LateOutputs;
import dev.obdbuild.builder.session.ClientSession;
import dev.obdbuild.protos.exporter.FinalizeExportRequest;
import dev.obdbuild.protos.exporter.FindExportersRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The outputs that a build's client asks for when it sees the result. */
record SessionOutputs(ClientSession session) implements LateOutputs {

  @Override
  public List<ExportRequest.Entry> find(Map<String, byte[]> metadata, List<String> refs)
      throws IOException {
    FindExportersRequest.Builder request = FindExportersRequest.newBuilder().addAllRefs(refs);
    metadata.forEach((key, value) -> request.putMetadata(key, ByteString.copyFrom(value)));
    return session.findExporters(request.build()).getExportersList().stream()
        .map(it -> new ExportRequest.Entry(it.getType(), new TreeMap<>(it.getAttrsMap())))
        .toList();
  }

  @Override
  public void finish(SortedMap<String, String> response) throws IOException {
    session.finalizeExport(
        FinalizeExportRequest.newBuilder().putAllExporterResponse(response).build());
  }
}
