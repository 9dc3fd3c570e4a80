package dev.obdbuild.solver;

import dev.obdbuild.llb.Input;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.InputKey.ByContent;
import dev.obdbuild.solver.InputKey.ByKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Computes the keys of a solve's vertices.
 *
 * <p>A vertex some of whose inputs count by content may have to wait until those inputs are made.
 * Meanwhile, when it is certain that nothing will be found under its key, its other inputs are made
 * too: such a vertex is called fresh. It is fresh when it is forced, when nothing was ever saved
 * for its operation over the same by-key inputs, or when one of its by-key inputs is fresh.
 */
final class Keys<R> {

  private final Solve<R> solve;
  private final Memo<Digest, VertexKey<R>> memo;
  private final Map<Digest, CompletableFuture<Boolean>> fresh = new ConcurrentHashMap<>();

  Keys(Solve<R> solve) {
    this.solve = solve;
    this.memo = new Memo<>(solve.threads());
  }

  /** The key of a vertex, being computed or there already. */
  CompletableFuture<VertexKey<R>> of(Digest vertex) {
    return memo.start(vertex, () -> compute(solve.vertices().get(vertex)));
  }

  private CompletableFuture<Boolean> fresh(Digest vertex) {
    return fresh.computeIfAbsent(vertex, v -> new CompletableFuture<>());
  }

  private VertexKey<R> compute(Vertex vertex) throws Exception {
    CompletableFuture<Boolean> freshness = fresh(vertex.digest());
    try {
      solve.cancellation().throwIfCancelled();
      vertex.inputs().forEach(input -> of(input.vertex()));
      Op<R> op;
      CacheMap<R> map;
      try {
        op = solve.request().ops().make(vertex);
        map = cacheMap(vertex, op);
      } catch (Exception e) {
        throw solve.failed(vertex, "failed to load cache key: ", e);
      }
      return compute(vertex, op, map);
    } finally {
      freshness.complete(false);
    }
  }

  private CacheMap<R> cacheMap(Vertex vertex, Op<R> op) throws Exception {
    OpContext context =
        new OpContext(
            solve.cancellation(), solve.vertices().progress(vertex).probe(), Optional.empty());
    CacheMap<R> map = op.cacheMap(context);
    solve.vertices().progress(vertex).endProbe();
    if (map.inputs().size() != vertex.inputs().size()) {
      throw new IllegalStateException(
          "operation with "
              + map.inputs().size()
              + " input keys for a vertex with "
              + vertex.inputs().size()
              + " inputs");
    }
    return map;
  }

  private VertexKey<R> compute(Vertex vertex, Op<R> op, CacheMap<R> map) throws Exception {
    boolean forced = solve.request().noCache() || vertex.meta().ignoreCache();
    List<CompletableFuture<Digest>> contents = new ArrayList<>();
    CompletableFuture<Boolean> freshness = fresh(vertex.digest());
    for (int i = 0; i < vertex.inputs().size(); i++) {
      Input input = vertex.inputs().get(i);
      switch (map.inputs().get(i)) {
        case ByKey<R> k ->
            fresh(input.vertex())
                .thenAccept(
                    yes -> {
                      if (yes) {
                        makeInputs(vertex, freshness);
                      }
                    });
        case ByContent<R> content -> contents.add(startContent(vertex, input, content));
      }
    }
    if (forced) {
      makeInputs(vertex, freshness);
    }
    KeyDigest key = KeyDigest.of("vertex").line("operation", map.operation());
    KeyDigest byKeys = KeyDigest.of("marker").line("operation", map.operation());
    for (int i = 0; i < vertex.inputs().size(); i++) {
      if (map.inputs().get(i) instanceof ByKey<R>) {
        Input input = vertex.inputs().get(i);
        VertexKey<R> below = Memo.await(of(input.vertex()));
        forced |= below.forced();
        Digest inputKey = KeyDigest.output(below.key(), input.index());
        key.line("input " + i, inputKey);
        byKeys.line("input " + i, inputKey);
      }
    }
    Optional<Digest> marker = contents.isEmpty() ? Optional.empty() : Optional.of(byKeys.digest());
    if (forced || (marker.isPresent() && !marked(vertex, marker.get()))) {
      makeInputs(vertex, freshness);
    }
    int content = 0;
    for (int i = 0; i < vertex.inputs().size(); i++) {
      if (map.inputs().get(i) instanceof ByContent<R>) {
        key.line("content " + i, Memo.await(contents.get(content++)));
      }
    }
    return new VertexKey<>(op, map, key.digest(), marker, forced && map.shared());
  }

  /** Whether something was once saved for this operation and these by-key inputs. */
  private boolean marked(Vertex vertex, Digest marker) throws IOException {
    try {
      return solve.cache().alias(marker).isPresent();
    } catch (IOException e) {
      throw solve.failed(vertex, "failed to compute cache key: ", e);
    }
  }

  /** Says that the vertex is fresh, and has all its inputs made. */
  private void makeInputs(Vertex vertex, CompletableFuture<Boolean> freshness) {
    if (!solve.cancellation().isCancelled() && freshness.complete(true)) {
      vertex.inputs().forEach(input -> solve.outcome(input.vertex()));
    }
  }

  private CompletableFuture<Digest> startContent(Vertex vertex, Input input, ByContent<R> content) {
    CompletableFuture<Digest> digest = new CompletableFuture<>();
    Memo.launch(solve.threads(), digest, () -> contentOf(vertex, input, content));
    return digest;
  }

  private Digest contentOf(Vertex vertex, Input input, ByContent<R> content) throws Exception {
    VertexKey<R> below = Memo.await(of(input.vertex()));
    try {
      if (!below.forced()) {
        Optional<Digest> identity = storedIdentity(below, input, content);
        Optional<Digest> known =
            identity.isPresent() ? solve.cache().alias(identity.get()) : Optional.empty();
        if (known.isPresent()) {
          return known.get();
        }
      }
    } catch (IOException e) {
      throw solve.failed(vertex, "failed to compute cache key: ", e);
    }
    Outcome<R> made = Memo.await(solve.outcome(input.vertex()));
    try {
      solve.cancellation().throwIfCancelled();
      OpContext context =
          new OpContext(
              solve.cancellation(), solve.vertices().progress(vertex).work(), Optional.empty());
      Digest digest = content.digests().digest(context, made.result(input.index()));
      Optional<Digest> identity = identity(below, made.ids(), input, content);
      if (identity.isPresent()) {
        solve.cache().saveAlias(identity.get(), digest);
      }
      return digest;
    } catch (Exception e) {
      throw solve.failed(vertex, "failed to compute cache key: ", e);
    }
  }

  private Optional<Digest> storedIdentity(VertexKey<R> below, Input input, ByContent<R> content)
      throws IOException {
    Optional<List<String>> ids =
        below.map().shared() ? solve.cache().find(below.key()) : Optional.empty();
    return identity(below, ids, input, content);
  }

  /**
   * What a content digest is remembered by: the very result it was computed of, since the same
   * operation need not yield the same content twice.
   */
  private Optional<Digest> identity(
      VertexKey<R> below, Optional<List<String>> ids, Input input, ByContent<R> content) {
    KeyDigest identity =
        KeyDigest.of("content")
            .line("selector", content.selector())
            .line("input", KeyDigest.output(below.key(), input.index()));
    if (!below.map().shared()) {
      return Optional.of(identity.digest());
    }
    if (ids.isEmpty() || input.index() >= ids.get().size()) {
      return Optional.empty();
    }
    return Optional.of(identity.line("id", ids.get().get(input.index())).digest());
  }
}
