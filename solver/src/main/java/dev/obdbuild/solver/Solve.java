package dev.obdbuild.solver;

import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Input;
import dev.obdbuild.llb.Output;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.ImportedCache.Imported;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One run over one graph. Keys come first, recursively; results are asked for only where no key is
 * known. Each vertex's key and result are computed once, on virtual threads that end before {@link
 * #run} does.
 */
final class Solve<R> {

  private final Output result;
  private final SolveRequest<R> request;
  private final CacheStore cache;
  private final Flights<R> flights;
  private final Set<Digest> disproved;
  private final CancellationSource cancellation;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Memo<Digest, Outcome<R>> outcomes = new Memo<>(threads);
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final SolveVertices vertices;
  private final Keys<R> keys;

  /**
   * @param disproved keys of vertices whose content must be looked at, whatever is remembered of it
   */
  Solve(
      Graph graph,
      SolveRequest<R> request,
      CacheStore cache,
      Flights<R> flights,
      Set<Digest> disproved) {
    this.result =
        graph.result().orElseThrow(() -> new IllegalArgumentException("a graph without a result"));
    this.request = request;
    this.cache = cache;
    this.flights = flights;
    this.disproved = Set.copyOf(disproved);
    this.cancellation = new CancellationSource(request.cancellation());
    this.vertices = new SolveVertices(graph, result.vertex(), request.progress());
    this.keys = new Keys<>(this);
  }

  SolveResult<R> run() throws SolveException {
    vertices.announce();
    try (cancellation;
        threads) {
      return awaitResult();
    } catch (Exception e) {
      throw theFirst(e);
    } finally {
      if (beginsAnew()) {
        vertices.completeOpen();
      } else {
        vertices.abandonOpen(Cancellation.MESSAGE);
      }
    }
  }

  /** Whether this run is given up for another one, which is no failure to tell of. */
  private boolean beginsAnew() {
    return failure.get() instanceof DisprovedContentException;
  }

  private SolveResult<R> awaitResult() throws Exception {
    try {
      Outcome<R> outcome = Memo.await(outcome(result.vertex()));
      Digest key = KeyDigest.output(Memo.await(keys.of(result.vertex())).key(), result.index());
      return new SolveResult<>(
          outcome.result(result.index()), key, outcome.cached(), CacheTrail.of(this));
    } finally {
      // Whatever still runs was begun early and turned out not to be needed, or is needed no more.
      cancellation.cancel();
    }
  }

  /** What made the solve fail: everything else is a consequence of that. */
  private RuntimeException theFirst(Exception thrown) throws SolveException {
    Exception first = failure.get();
    switch (first == null ? thrown : first) {
      case SolveException e -> throw e;
      case RuntimeException e -> throw e;
      case Exception e -> throw new IllegalStateException(e);
    }
  }

  SolveRequest<R> request() {
    return request;
  }

  Set<Digest> disproved() {
    return disproved;
  }

  CacheStore cache() {
    return cache;
  }

  ExecutorService threads() {
    return threads;
  }

  Cancellation cancellation() {
    return cancellation;
  }

  SolveVertices vertices() {
    return vertices;
  }

  Keys<R> keys() {
    return keys;
  }

  /** The results of a vertex if they were computed or loaded. */
  Optional<Outcome<R>> done(Digest vertex) {
    return outcomes.done(vertex);
  }

  /** The results of a vertex, being computed or there already. */
  CompletableFuture<Outcome<R>> outcome(Digest vertex) {
    return outcomes.start(vertex, () -> compute(vertices.get(vertex)));
  }

  private Outcome<R> compute(Vertex vertex) throws Exception {
    VertexKey<R> key = Memo.await(keys.of(vertex.digest()));
    cancellation.throwIfCancelled();
    if (!key.map().shared()) {
      return carryOutAlone(vertex, key);
    }
    while (true) {
      Optional<Outcome<R>> known = key.forced() ? Optional.empty() : lookUp(vertex, key);
      if (known.isPresent()) {
        vertices.markCached(vertex);
        return known.get();
      }
      List<R> inputs = inputs(vertex);
      confirm(vertex, key);
      Optional<Outcome<R>> made = carryOut(vertex, key, inputs);
      if (made.isPresent()) {
        return made.get();
      }
      // Somebody else made it and it is gone already: once more, on our own account.
    }
  }

  private void confirm(Vertex vertex, VertexKey<R> key) throws Exception {
    try {
      keys.confirm(vertex, key);
    } catch (DisprovedContentException e) {
      failure.compareAndSet(null, e);
      cancellation.cancel();
      throw e;
    }
  }

  private List<R> inputs(Vertex vertex) throws Exception {
    vertex.inputs().forEach(input -> outcome(input.vertex()));
    List<R> results = new ArrayList<>();
    for (Input input : vertex.inputs()) {
      results.add(Memo.await(outcome(input.vertex())).result(input.index()));
    }
    return results;
  }

  private Outcome<R> carryOutAlone(Vertex vertex, VertexKey<R> key) throws Exception {
    List<R> inputs = inputs(vertex);
    vertices.progress(vertex).start();
    OpContext context =
        new OpContext(cancellation, vertices.progress(vertex).work(), Optional.empty());
    try {
      Outcome<R> outcome = new Outcome<>(key.op().exec(context, inputs), Optional.empty(), false);
      vertices.progress(vertex).complete();
      return outcome;
    } catch (Exception e) {
      throw failed(vertex, "", e);
    }
  }

  private Optional<Outcome<R>> carryOut(Vertex vertex, VertexKey<R> key, List<R> inputs)
      throws Exception {
    Flights.Passenger<R> passenger =
        new Flights.Passenger<>(
            context -> work(key, context, vertex, inputs),
            request.progress(),
            vertex.digest(),
            cancellation);
    vertices.progress(vertex).start();
    try {
      Flights.Landing<R> landing = flights.join(new Flights.Id(key.key(), key.forced()), passenger);
      Optional<Outcome<R>> outcome =
          landing.own() ? Optional.of(landing.outcome()) : adopt(landing.outcome());
      if (outcome.isPresent() && outcome.get().cached()) {
        vertices.progress(vertex).cached();
      } else {
        vertices.progress(vertex).complete();
      }
      return outcome;
    } catch (Exception e) {
      throw failed(vertex, "", e);
    }
  }

  /** The work of a vertex; another solve may have done it since we looked. */
  private Outcome<R> work(VertexKey<R> key, OpContext context, Vertex vertex, List<R> inputs)
      throws Exception {
    if (!key.forced()) {
      Optional<Outcome<R>> known = lookUp(vertex, key);
      if (known.isPresent()) {
        return known.get();
      }
    }
    context.cancellation().throwIfCancelled();
    List<R> results = key.op().exec(context, inputs);
    return new Outcome<>(results, save(key, results), false);
  }

  /** What another solve made, made ours, so that it outlives that one's leases. */
  private Optional<Outcome<R>> adopt(Outcome<R> made) throws IOException {
    if (made.ids().isEmpty()) {
      return Optional.of(made);
    }
    return load(made.ids().get()).map(results -> new Outcome<>(results, made.ids(), made.cached()));
  }

  private Optional<Outcome<R>> lookUp(Vertex vertex, VertexKey<R> key) throws IOException {
    try {
      Optional<List<String>> ids = cache.find(key.key());
      if (ids.isPresent()) {
        Optional<List<R>> results = load(ids.get());
        if (results.isPresent()) {
          return Optional.of(new Outcome<>(results.get(), ids, true));
        }
        cache.remove(key.key(), ids.get());
      }
      return importResults(vertex, key);
    } catch (IOException e) {
      throw failed(vertex, "", e);
    }
  }

  /** Results from elsewhere, saved as if they had been made here. */
  private Optional<Outcome<R>> importResults(Vertex vertex, VertexKey<R> key) throws IOException {
    OpContext context =
        new OpContext(cancellation, vertices.progress(vertex).probe(), Optional.of(key.key()));
    Optional<Imported<R>> found = request.imports().results(key.key(), context);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Optional<List<String>> ids = save(key, found.get().results());
    for (CachedContent content : found.get().contents()) {
      if (ids.isPresent() && content.output() < ids.get().size()) {
        cache.saveAlias(
            KeyDigest.contentOf(content.key(), ids.get().get(content.output())), content.digest());
      }
    }
    return Optional.of(new Outcome<>(found.get().results(), ids, true));
  }

  /** Keeps results; empty when not all of them can be kept. */
  private Optional<List<String>> save(VertexKey<R> key, List<R> results) throws IOException {
    List<String> ids = new ArrayList<>();
    for (R result : results) {
      request.results().persist(result).ifPresent(ids::add);
    }
    if (ids.size() < results.size()) {
      return Optional.empty();
    }
    cache.save(key.key(), ids, Instant.now());
    if (key.marker().isPresent()) {
      cache.saveAlias(key.marker().get(), key.marker().get());
    }
    return Optional.of(ids);
  }

  private Optional<List<R>> load(List<String> ids) throws IOException {
    List<R> results = new ArrayList<>();
    for (String id : ids) {
      Optional<R> result = request.results().load(id);
      if (result.isEmpty()) {
        return Optional.empty();
      }
      results.add(result.get());
    }
    return Optional.of(results);
  }

  /**
   * The exception that says that a vertex failed. The first failure of a solve gives up the rest.
   *
   * @param prefix goes before the message but not into the vertex's own error
   */
  IOException failed(Vertex vertex, String prefix, Exception cause) {
    if (cause instanceof SolveException already) {
      return already;
    }
    if (cause instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    if (cancellation.isCancelled()) {
      // Whatever goes wrong after that may well be a consequence of it.
      if (!beginsAnew()) {
        vertices.progress(vertex).abandon(Cancellation.MESSAGE);
      }
      CancellationException cancelled = new CancellationException(Cancellation.MESSAGE);
      cancelled.initCause(cause);
      throw cancelled;
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    vertices.progress(vertex).fail(message);
    SolveException failed = new SolveException(prefix + message, vertex, cause);
    failure.compareAndSet(null, failed);
    cancellation.cancel();
    return failed;
  }
}
