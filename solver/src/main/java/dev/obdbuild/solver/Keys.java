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
    List<CompletableFuture<ContentUse>> contents = new ArrayList<>();
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
        case ByContent<R> content -> contents.add(startContent(vertex, i, content));
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
    List<ContentUse> uses = new ArrayList<>();
    for (CompletableFuture<ContentUse> content : contents) {
      ContentUse use = Memo.await(content);
      uses.add(use);
      key.line("content " + use.input(), use.content().digest());
    }
    return new VertexKey<>(op, map, key.digest(), marker, uses, forced && map.shared());
  }

  /** Whether something was once saved for this operation and these by-key inputs. */
  private boolean marked(Vertex vertex, Digest marker) throws IOException {
    try {
      return solve.cache().alias(marker).isPresent() || solve.request().imports().marked(marker);
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

  private CompletableFuture<ContentUse> startContent(
      Vertex vertex, int input, ByContent<R> content) {
    CompletableFuture<ContentUse> use = new CompletableFuture<>();
    Memo.launch(solve.threads(), use, () -> contentOf(vertex, input, content));
    return use;
  }

  private ContentUse contentOf(Vertex vertex, int index, ByContent<R> content) throws Exception {
    Input input = vertex.inputs().get(index);
    VertexKey<R> below = Memo.await(of(input.vertex()));
    Part part = new Part(index, input, KeyDigest.output(below.key(), input.index()), content);
    if (!below.forced() && !solve.disproved().contains(below.key())) {
      Optional<ContentUse> known;
      try {
        known = remembered(below, part);
      } catch (IOException e) {
        throw solve.failed(vertex, "failed to compute cache key: ", e);
      }
      if (known.isPresent()) {
        return known.get();
      }
    }
    return computed(vertex, below, part, content);
  }

  /** A part of the content of an input. */
  private record Part(int index, Input input, Digest contentKey) {
    <R> Part(int index, Input input, Digest outputKey, ByContent<R> content) {
      this(index, input, KeyDigest.content(content.selector(), outputKey));
    }

    ContentUse use(Digest digest, Optional<Digest> identity, boolean remembered) {
      CachedContent content = new CachedContent(input.index(), contentKey, digest);
      return new ContentUse(index, content, identity, remembered);
    }
  }

  private Optional<ContentUse> remembered(VertexKey<R> below, Part part) throws IOException {
    Optional<List<String>> ids =
        below.map().shared() ? solve.cache().find(below.key()) : Optional.empty();
    Optional<Digest> identity = identity(below, ids, part);
    if (identity.isPresent()) {
      return solve.cache().alias(identity.get()).map(known -> part.use(known, identity, true));
    }
    return solve
        .request()
        .imports()
        .content(below.key(), part.contentKey())
        .map(known -> part.use(known, Optional.empty(), true));
  }

  private ContentUse computed(Vertex vertex, VertexKey<R> below, Part part, ByContent<R> content)
      throws Exception {
    Outcome<R> made = Memo.await(solve.outcome(part.input().vertex()));
    try {
      solve.cancellation().throwIfCancelled();
      Optional<Digest> identity = identity(below, made.ids(), part);
      OpContext context =
          new OpContext(
              solve.cancellation(), solve.vertices().progress(vertex).work(), Optional.empty());
      Digest digest = content.digests().digest(context, made.result(part.input().index()));
      if (identity.isPresent()) {
        solve.cache().saveAlias(identity.get(), digest);
      }
      return part.use(digest, identity, false);
    } catch (Exception e) {
      throw solve.failed(vertex, "failed to compute cache key: ", e);
    }
  }

  /**
   * Compares what a vertex's key was made of with the inputs that were made since: a digest may
   * have been remembered for a result that is not to be had any more.
   *
   * @throws DisprovedContentException when an input holds something else
   */
  void confirm(Vertex vertex, VertexKey<R> key) throws Exception {
    for (ContentUse use : key.contents()) {
      if (!use.remembered()) {
        continue;
      }
      Input input = vertex.inputs().get(use.input());
      ByContent<R> content = (ByContent<R>) key.map().inputs().get(use.input());
      VertexKey<R> below = Memo.await(of(input.vertex()));
      Part part = new Part(use.input(), input, use.content().key());
      Optional<Digest> identity =
          identity(below, Memo.await(solve.outcome(input.vertex())).ids(), part);
      if (use.identity().isPresent() && use.identity().equals(identity)) {
        continue;
      }
      Optional<Digest> known =
          identity.isPresent() ? solve.cache().alias(identity.get()) : Optional.empty();
      Digest found =
          known.isPresent()
              ? known.get()
              : computed(vertex, below, part, content).content().digest();
      if (!found.equals(use.content().digest())) {
        throw new DisprovedContentException(below.key());
      }
    }
  }

  /**
   * What a content digest is remembered by: the very result it was computed of, since the same
   * operation need not yield the same content twice.
   */
  private static Optional<Digest> identity(
      VertexKey<?> below, Optional<List<String>> ids, Part part) {
    if (!below.map().shared()) {
      return Optional.of(part.contentKey());
    }
    return ids.filter(all -> part.input().index() < all.size())
        .map(all -> KeyDigest.contentOf(part.contentKey(), all.get(part.input().index())));
  }
}
