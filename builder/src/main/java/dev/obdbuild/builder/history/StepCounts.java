package dev.obdbuild.builder.history;

import dev.obdbuild.protos.control.BuildHistoryRecord;
import dev.obdbuild.protos.control.StatusResponse;
import dev.obdbuild.protos.control.Vertex;
import java.util.HashSet;
import java.util.Set;

/** How many vertices and warnings a build has shown. Not thread-safe. */
final class StepCounts {

  private final Set<String> seen = new HashSet<>();
  private final Set<String> cached = new HashSet<>();
  private final Set<String> completed = new HashSet<>();
  private int warnings;

  void add(StatusResponse message) {
    for (Vertex vertex : message.getVertexesList()) {
      seen.add(vertex.getDigest());
      if (vertex.getCached()) {
        cached.add(vertex.getDigest());
      }
      if (vertex.hasCompleted()) {
        completed.add(vertex.getDigest());
      }
    }
    warnings += message.getWarningsCount();
  }

  void writeTo(BuildHistoryRecord.Builder record) {
    record
        .setNumTotalSteps(seen.size())
        .setNumCachedSteps(cached.size())
        .setNumCompletedSteps(completed.size())
        .setNumWarnings(warnings);
  }
}
