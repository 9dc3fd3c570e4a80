package dev.obdbuild.builder.build;

import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Output;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which requests the results of builds came from: a client may hand the graph of one build's result
 * to another build. One for all builds of a process; thread-safe.
 */
public final class Origins {

  /** So many results are known after their builds have ended: clients link targets one by one. */
  private static final int MOST_ENDED = 256;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Output, List<Origin>> running = new HashMap<>();
  private final Map<Output, Origin> ended =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Output, Origin> eldest) {
          return size() > MOST_ENDED;
        }
      };

  void begin(Output result, Origin origin) {
    lock.lock();
    try {
      running.computeIfAbsent(result, key -> new ArrayList<>()).add(origin);
    } finally {
      lock.unlock();
    }
  }

  void end(Output result, Origin origin) {
    lock.lock();
    try {
      @Nullable List<Origin> all = running.get(result);
      if (all != null && all.remove(origin) && all.isEmpty()) {
        running.remove(result);
      }
      ended.remove(result);
      ended.put(result, origin.request());
    } finally {
      lock.unlock();
    }
  }

  /**
   * The requests whose result that graph is: all of builds that run, else that of the build that
   * ended last. They tell of the request alone, neither of refs nor of images.
   */
  List<Origin> of(Graph graph) {
    if (graph.result().isEmpty()) {
      return List.of();
    }
    lock.lock();
    try {
      @Nullable List<Origin> now = running.get(graph.result().get());
      return now != null
          ? now.stream().map(Origin::request).toList()
          : Optional.ofNullable(ended.get(graph.result().get())).stream().toList();
    } finally {
      lock.unlock();
    }
  }
}
