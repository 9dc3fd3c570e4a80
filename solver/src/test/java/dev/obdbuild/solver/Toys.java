package dev.obdbuild.solver;

import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.PassthroughOp;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.oci.image.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Toy operations over texts. A toy joins its name and its inputs; inputs taken by content count
 * with what stands before their first {@code |} only.
 */
final class Toys implements OpFactory<String>, ResultStore<String> {

  /** What a toy does beside joining texts. */
  @FunctionalInterface
  interface Action {
    String run(OpContext context, List<String> inputs) throws Exception;
  }

  final List<String> executed = Collections.synchronizedList(new ArrayList<>());
  final List<String> loaded = Collections.synchronizedList(new ArrayList<>());
  final List<String> digested = Collections.synchronizedList(new ArrayList<>());
  final Map<String, String> kept = new ConcurrentHashMap<>();
  private final Map<String, Action> actions = new ConcurrentHashMap<>();
  private final Map<String, Set<Integer>> byContent = new ConcurrentHashMap<>();
  private final Set<String> private_ = ConcurrentHashMap.newKeySet();
  private final AtomicLong ids = new AtomicLong();

  Node.Out toy(String name, Node.Out... inputs) {
    return toy(name, VertexMetadata.EMPTY, inputs);
  }

  Node.Out toy(String name, VertexMetadata meta, Node.Out... inputs) {
    return Node.of(new PassthroughOp(name, List.of()), List.of(inputs), Optional.empty(), meta)
        .out();
  }

  Toys does(String name, Action action) {
    actions.put(name, action);
    return this;
  }

  Toys takesByContent(String name, Integer... inputs) {
    byContent.put(name, Set.of(inputs));
    return this;
  }

  Toys isOfThisSolveOnly(String name) {
    private_.add(name);
    return this;
  }

  static Graph graph(Node.Out result) {
    return Graph.of(result, List.of());
  }

  static Digest digest(String text) {
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  static String content(String value) {
    int bar = value.indexOf('|');
    return bar < 0 ? value : value.substring(0, bar);
  }

  @Override
  public Op<String> make(Vertex vertex) {
    String name = ((PassthroughOp) vertex.op()).id();
    return new Toy(name, vertex.inputs().size());
  }

  @Override
  public Optional<String> persist(String result) {
    String id = "id" + ids.incrementAndGet();
    kept.put(id, result);
    return Optional.of(id);
  }

  @Override
  public Optional<String> load(String id) {
    Optional<String> found = Optional.ofNullable(kept.get(id));
    found.ifPresent(loaded::add);
    return found;
  }

  private final class Toy implements Op<String> {
    private final String name;
    private final int inputs;

    Toy(String name, int inputs) {
      this.name = name;
      this.inputs = inputs;
    }

    @Override
    public CacheMap<String> cacheMap(OpContext context) {
      List<InputKey<String>> keys = new ArrayList<>();
      for (int i = 0; i < inputs; i++) {
        keys.add(
            byContent.getOrDefault(name, Set.of()).contains(i)
                ? new InputKey.ByContent<>("before the bar", this::digestOf)
                : new InputKey.ByKey<>());
      }
      return new CacheMap<>(digest(name), keys, !private_.contains(name));
    }

    private Digest digestOf(OpContext context, String value) {
      digested.add(name);
      if (value.contains("missing")) {
        throw new IllegalStateException("\"/nofile\": not found");
      }
      return digest(content(value));
    }

    @Override
    public List<String> exec(OpContext context, List<String> given) throws Exception {
      executed.add(name);
      Action action = actions.get(name);
      return List.of(
          action == null ? name + "(" + String.join(",", given) + ")" : action.run(context, given));
    }
  }
}
