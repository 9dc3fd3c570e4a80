package dev.obdbuild.solver;

import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.ImportedCache.Imported;
import dev.obdbuild.solver.progress.OpProgress;
import dev.obdbuild.solver.progress.ProgressSink;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a finished solve used and made of the cache, so that it can be carried to another machine.
 * Thread-safe. Results are loaded when they are asked for, through the {@link ResultStore} of the
 * solve's request, which must be usable then.
 */
public final class CacheTrail<R> {

  /**
   * A vertex whose result is of use to other solves.
   *
   * @param vertex digest of the vertex
   * @param key its key
   * @param marker its operation over its by-key inputs, for a vertex with content inputs
   * @param contents what the vertices that use it by content found in it
   */
  public record Entry(
      Digest vertex, Digest key, Optional<Digest> marker, List<CachedContent> contents) {
    public Entry {
      contents = List.copyOf(contents);
    }
  }

  private record Known<R>(Entry entry, List<ContentUse> uses, Optional<Outcome<R>> outcome) {}

  private final SolveRequest<R> request;
  private final CacheStore cache;
  private final Map<Digest, Known<R>> known;

  private CacheTrail(SolveRequest<R> request, CacheStore cache, Map<Digest, Known<R>> known) {
    this.request = request;
    this.cache = cache;
    this.known = known;
  }

  /** The trail of a solve whose result, and with it every key, is known. */
  static <R> CacheTrail<R> of(Solve<R> solve) throws Exception {
    Map<Digest, List<ContentUse>> uses = new LinkedHashMap<>();
    for (Vertex vertex : solve.vertices().all()) {
      for (ContentUse use : Memo.await(solve.keys().of(vertex.digest())).contents()) {
        Digest below = vertex.inputs().get(use.input()).vertex();
        uses.computeIfAbsent(below, v -> new ArrayList<>()).add(use);
      }
    }
    Map<Digest, Known<R>> known = new LinkedHashMap<>();
    for (Vertex vertex : solve.vertices().all()) {
      VertexKey<R> key = Memo.await(solve.keys().of(vertex.digest()));
      if (key.map().shared()) {
        List<ContentUse> used = uses.getOrDefault(vertex.digest(), List.of());
        List<CachedContent> contents = used.stream().map(ContentUse::content).distinct().toList();
        Entry entry = new Entry(vertex.digest(), key.key(), key.marker(), contents);
        known.put(vertex.digest(), new Known<>(entry, used, solve.done(vertex.digest())));
      }
    }
    return new CacheTrail<>(solve.request(), solve.cache(), known);
  }

  /** All vertices of the solve that other solves can use, inputs before what uses them. */
  public List<Entry> entries() {
    return known.values().stream().map(Known::entry).toList();
  }

  /**
   * The results of a vertex, one for each output: those of this solve, or else those that the cache
   * or an import holds. Empty when they are not to be had, or are not those that {@link
   * Entry#contents} tells of.
   *
   * @throws IOException when the cache cannot be read
   */
  public Optional<List<R>> results(Entry entry) throws IOException {
    Known<R> vertex = known.get(entry.vertex());
    if (vertex == null) {
      throw new IllegalArgumentException("no vertex " + entry.vertex() + " in this solve");
    }
    if (vertex.outcome().isPresent()) {
      Outcome<R> outcome = vertex.outcome().get();
      return holds(vertex.uses(), outcome.ids())
          ? Optional.of(outcome.results())
          : Optional.empty();
    }
    Optional<List<String>> ids = cache.find(entry.key());
    if (ids.isPresent()) {
      List<R> loaded = new ArrayList<>();
      for (String id : ids.get()) {
        request.results().load(id).ifPresent(loaded::add);
      }
      if (loaded.size() == ids.get().size()) {
        return holds(vertex.uses(), ids) ? Optional.of(loaded) : Optional.empty();
      }
    }
    OpContext context = new OpContext(request.cancellation(), silent(entry), Optional.empty());
    return request
        .imports()
        .results(entry.key(), context)
        .filter(found -> found.contents().containsAll(entry.contents()))
        .map(Imported::results);
  }

  private static OpProgress silent(Entry entry) {
    return new OpProgress(ProgressSink.none(), entry.vertex(), InstantSource.system());
  }

  /** Whether the results of these ids are those whose content was used. */
  private boolean holds(List<ContentUse> uses, Optional<List<String>> ids) throws IOException {
    for (ContentUse use : uses) {
      CachedContent content = use.content();
      if (ids.isEmpty() || content.output() >= ids.get().size()) {
        if (use.remembered()) {
          return false;
        }
        continue;
      }
      Digest identity = KeyDigest.contentOf(content.key(), ids.get().get(content.output()));
      boolean same =
          use.identity().isPresent()
              ? use.identity().get().equals(identity)
              : cache.alias(identity).filter(content.digest()::equals).isPresent();
      if (!same) {
        return false;
      }
    }
    return true;
  }
}
