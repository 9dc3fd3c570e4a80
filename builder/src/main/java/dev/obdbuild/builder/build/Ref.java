package dev.obdbuild.builder.build;

import dev.obdbuild.llb.Graph;
import dev.obdbuild.worker.WorkerResult;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A part of a build's result: a graph and, once somebody needed it, what it yields. Thread-safe.
 * Belongs to one {@link Build}.
 */
public final class Ref {

  private final String id;
  private final Graph graph;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable WorkerResult result;

  Ref(String id, Graph graph) {
    this.id = id;
    this.graph = graph;
  }

  /** Its name in its build. */
  public String id() {
    return id;
  }

  public Graph graph() {
    return graph;
  }

  /** What it yields, if that is known. */
  Optional<WorkerResult> known() {
    lock.lock();
    try {
      return Optional.ofNullable(result);
    } finally {
      lock.unlock();
    }
  }

  /** Computes what a ref yields. */
  @FunctionalInterface
  interface Solving {
    WorkerResult solve(Graph graph) throws IOException;
  }

  /** What it yields: computed once; a failure may be tried again. */
  WorkerResult result(Solving solving) throws IOException {
    lock.lock();
    try {
      WorkerResult known = result;
      if (known == null) {
        known = solving.solve(graph);
        result = known;
      }
      return known;
    } finally {
      lock.unlock();
    }
  }
}
