package dev.obdbuild.solver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import dev.obdbuild.solver.progress.ProgressSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many solves over parts of one graph at once, some of them given up halfway. */
@Timeout(60)
final class ConcurrentSolvesTest {

  private static final int NODES = 12;
  private static final int SOLVES = 24;

  private final Toys toys = new Toys();
  private final Solver<String> solver = new Solver<>(new MemoryCacheStore());
  private final Set<String> running = ConcurrentHashMap.newKeySet();
  private final AtomicInteger twice = new AtomicInteger();
  private final Map<Integer, Node.Out> nodes = new ConcurrentHashMap<>();

  private Node.Out node(int n) {
    return java.util.Objects.requireNonNull(nodes.get(n));
  }

  private void plan(Random random) {
    for (int n = 0; n < NODES; n++) {
      List<Node.Out> inputs = new ArrayList<>();
      for (int i = 0; i < Math.min(n, 1 + random.nextInt(3)); i++) {
        inputs.add(node(random.nextInt(n)));
      }
      String name = "n" + n;
      if (inputs.size() > 1) {
        toys.takesByContent(name, 1);
      }
      int work = random.nextInt(500_000);
      toys.does(
          name,
          (context, given) -> {
            if (!running.add(name)) {
              twice.incrementAndGet();
            }
            LockSupport.parkNanos(work);
            running.remove(name);
            context.cancellation().throwIfCancelled();
            return name + "|" + given.size();
          });
      nodes.put(n, toys.toy(name, inputs.toArray(Node.Out[]::new)));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void allEndAndNoWorkIsDoneTwiceAtATime(long seed) throws Exception {
    Random random = new Random(seed);
    plan(random);
    List<Future<Boolean>> solves = new ArrayList<>();
    List<CancellationSource> sources = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int s = 0; s < SOLVES; s++) {
        int target = random.nextInt(NODES);
        Graph graph = Toys.graph(node(target));
        CancellationSource source = new CancellationSource();
        sources.add(source);
        solves.add(threads.submit(() -> solved(graph, target, source)));
        if (random.nextInt(3) == 0) {
          int victim = random.nextInt(sources.size());
          threads.execute(sources.get(victim)::cancel);
        }
      }
      for (int s = 0; s < SOLVES; s++) {
        assertThat(solves.get(s).get() || sources.get(s).isCancelled()).isTrue();
      }
    }
    assertThat(twice).hasValue(0);
    assertThat(solver.waiting()).isZero();
    sources.forEach(CancellationSource::close);
  }

  private boolean solved(Graph graph, int target, CancellationSource source) throws SolveException {
    try {
      SolveRequest<String> request =
          new SolveRequest<>(toys, toys, false, source, ProgressSink.none());
      assertThat(solver.solve(graph, request).result()).startsWith("n" + target + "|");
      return true;
    } catch (CancellationException e) {
      return false;
    }
  }
}
