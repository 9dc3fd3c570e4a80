package dev.obdbuild.builder.history;

import com.google.protobuf.AbstractMessage;
import dev.obdbuild.protos.control.StatusResponse;
import dev.obdbuild.protos.control.Vertex;
import dev.obdbuild.protos.control.VertexStatus;
import dev.obdbuild.solver.progress.ProgressEvent;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Events that wait to be written, as one message. Of several statuses with one id only the newest
 * counts; vertices are all kept, for a display adds up the times between their starts and ends. A
 * warning comes with its vertex once more: buildctl shows warnings of a vertex that was told
 * already only when there is something new of the vertex itself. Not thread-safe.
 */
final class StatusBatch {

  private static final long FULL = 1 << 20;

  /** What is warned about is read at the beginning. */
  private static final int MOST_TOLD = 64;

  private record StatusKey(String vertex, String id) {}

  private StatusResponse.Builder message = StatusResponse.newBuilder();
  private final Map<StatusKey, VertexStatus> statuses = new LinkedHashMap<>();

  /** First vertices of the build as they were told last, in earlier messages. */
  private final Map<String, Vertex> told = new HashMap<>();

  private long bytes;

  void add(ProgressEvent event) {
    switch (event) {
      case ProgressEvent.VertexEvent e -> {
        message.addVertexes(counted(StatusMessages.vertex(e)));
        told.remove(e.vertex().toString());
      }
      case ProgressEvent.StatusEvent e -> {
        VertexStatus status = StatusMessages.status(e);
        if (statuses.put(new StatusKey(status.getVertex(), status.getID()), status) == null) {
          bytes += status.getSerializedSize();
        }
      }
      case ProgressEvent.LogEvent e ->
          StatusMessages.logs(e).forEach(log -> message.addLogs(counted(log)));
      case ProgressEvent.WarningEvent e -> {
        message.addWarnings(counted(StatusMessages.warning(e)));
        Vertex about = told.remove(e.vertex().toString());
        if (about != null) {
          message.addVertexes(counted(about));
        }
      }
    }
  }

  private <M extends AbstractMessage> M counted(M part) {
    bytes += part.getSerializedSize();
    return part;
  }

  boolean isEmpty() {
    return bytes == 0;
  }

  /** Whether the next event belongs into a new message. */
  boolean isFull() {
    return bytes >= FULL;
  }

  /** The message; the batch is empty afterwards. */
  StatusResponse take() {
    StatusResponse taken = message.addAllStatuses(statuses.values()).build();
    for (Vertex vertex : taken.getVertexesList()) {
      if (told.size() < MOST_TOLD || told.containsKey(vertex.getDigest())) {
        told.put(vertex.getDigest(), vertex);
      }
    }
    message = StatusResponse.newBuilder();
    statuses.clear();
    bytes = 0;
    return taken;
  }
}
