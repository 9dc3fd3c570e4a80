package dev.obdbuild.builder.build;

import dev.obdbuild.builder.cache.CacheSource;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.solver.CacheTrail;
import dev.obdbuild.worker.WorkerResult;
import java.io.IOException;
import java.util.List;
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
  private final List<CacheSource> caches;
  private final Origin origin;
  private volatile Scanned scanned = Scanned.PLAIN;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Solved solved;

  /**
   * What a graph yields.
   *
   * @param trail how it came to be; empty for an empty filesystem
   */
  record Solved(WorkerResult result, Optional<CacheTrail<WorkerResult>> trail) {}

  Ref(String id, Graph graph, List<CacheSource> caches, Origin origin) {
    this.origin = origin;
    this.id = id;
    this.graph = graph;
    this.caches = List.copyOf(caches);
  }

  /** Its name in its build. */
  public String id() {
    return id;
  }

  public Graph graph() {
    return graph;
  }

  /** Where it comes from. */
  public Origin origin() {
    return origin;
  }

  /** What a scan for packages is to know. */
  public Scanned scanned() {
    return scanned;
  }

  /** The same ref; a scan for packages is to know more. */
  Ref scanned(Scanned wanted) {
    scanned = wanted;
    return this;
  }

  /** Whether its files are known by now. */
  public boolean isSolved() {
    lock.lock();
    try {
      return solved != null;
    } finally {
      lock.unlock();
    }
  }

  /** Caches to look into when it is carried out. */
  List<CacheSource> caches() {
    return caches;
  }

  /** How it came to be; empty when nobody has asked for its files yet, or it has none. */
  public Optional<CacheTrail<WorkerResult>> trail() {
    lock.lock();
    try {
      return Optional.ofNullable(solved).flatMap(Solved::trail);
    } finally {
      lock.unlock();
    }
  }

  /** Computes what a ref yields. */
  @FunctionalInterface
  interface Solving {
    Solved solve(Ref ref) throws IOException;
  }

  /** What it yields: computed once; a failure may be tried again. */
  WorkerResult result(Solving solving) throws IOException {
    lock.lock();
    try {
      Solved known = solved;
      if (known == null) {
        known = solving.solve(this);
        solved = known;
      }
      return known.result();
    } finally {
      lock.unlock();
    }
  }
}
