package dev.obdbuild.builder.history;

import com.google.protobuf.ByteString;
import dev.obdbuild.protos.control.StatusResponse;
import dev.obdbuild.protos.control.Vertex;
import dev.obdbuild.protos.control.VertexLog;
import dev.obdbuild.protos.control.VertexStatus;
import dev.obdbuild.protos.control.VertexWarning;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a client knows after a status stream: everything about vertices, the newest of statuses. */
final class MergedStatus {

  private final Map<String, List<Vertex>> vertices = new HashMap<>();
  private final Map<String, VertexStatus> statuses = new HashMap<>();
  private final Map<String, ByteString> logs = new HashMap<>();
  private final List<VertexWarning> warnings = new ArrayList<>();

  static MergedStatus read(StatusReader reader) throws IOException, InterruptedException {
    MergedStatus merged = new MergedStatus();
    try (reader) {
      for (Optional<StatusResponse> next = reader.next(); next.isPresent(); next = reader.next()) {
        merged.add(next.get());
      }
    }
    return merged;
  }

  void add(StatusResponse message) {
    for (Vertex vertex : message.getVertexesList()) {
      List<Vertex> told = vertices.computeIfAbsent(vertex.getDigest(), d -> new ArrayList<>());
      // A vertex that is told again as it was adds nothing to what a display shows of it.
      if (told.isEmpty() || !told.getLast().equals(vertex)) {
        told.add(vertex);
      }
    }
    for (VertexStatus status : message.getStatusesList()) {
      statuses.put(status.getVertex() + " " + status.getID(), status);
    }
    for (VertexLog log : message.getLogsList()) {
      logs.merge(log.getVertex() + " " + log.getStream(), log.getMsg(), ByteString::concat);
    }
    warnings.addAll(message.getWarningsList());
  }

  private List<Object> parts() {
    return List.of(vertices, statuses, logs, warnings);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MergedStatus merged && parts().equals(merged.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  @Override
  public String toString() {
    return parts().toString();
  }
}
