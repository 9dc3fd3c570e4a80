package dev.obdbuild.builder.progress;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.solver.progress.ProgressEvent.VertexEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All steps of a build, merged from its events, in the order of their first news. */
final class Trace {

  private final Map<String, Step> steps = new LinkedHashMap<>();
  private final Map<Digest, Step> stepOfVertex = new HashMap<>();
  private final Map<Digest, List<ProgressEvent>> early = new HashMap<>();

  void apply(ProgressEvent event, Instant now) {
    Step known = stepOfVertex.get(event.vertex());
    if (event instanceof VertexEvent vertex) {
      Step step = known != null ? known : stepFor(vertex);
      step.apply(event, now);
      List<ProgressEvent> waiting = early.remove(vertex.vertex());
      if (waiting != null) {
        waiting.forEach(e -> step.apply(e, now));
      }
    } else if (known != null) {
      known.apply(event, now);
    } else {
      // News of a vertex may overtake its announcement.
      early.computeIfAbsent(event.vertex(), v -> new ArrayList<>()).add(event);
    }
  }

  private Step stepFor(VertexEvent vertex) {
    String key = vertex.group().map(g -> "group " + g.id()).orElse(vertex.vertex().toString());
    String name = vertex.group().map(g -> g.name()).orElse(vertex.name());
    @Nullable Step known = steps.get(key);
    Step step = known != null ? known : new Step(name);
    steps.put(key, step);
    stepOfVertex.put(vertex.vertex(), step);
    return step;
  }

  List<Step> steps() {
    return List.copyOf(steps.values());
  }

  List<Step> failed() {
    return steps.values().stream().filter(Step::isFailed).toList();
  }
}
