package dev.obdbuild.solver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.progress.ProgressSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Results that travel from one machine to another. */
final class CarriedCacheTest {

  private static final int NODES = 8;

  /** One machine: its own store, its own results. */
  private static final class Machine {
    final Toys toys = new Toys();
    final MemoryCacheStore store = new MemoryCacheStore();
    final Solver<String> solver = new Solver<>(store);

    SolveResult<String> solve(Graph graph, ImportedCache<String> imports) throws SolveException {
      toys.executed.clear();
      toys.digested.clear();
      SolveRequest<String> request =
          new SolveRequest<>(toys, toys, false, Cancellation.never(), ProgressSink.none());
      return solver.solve(graph, request.importing(imports));
    }

    SolveResult<String> solve(Graph graph) throws SolveException {
      return solve(graph, ImportedCache.none());
    }
  }

  /** Toys of a random graph, the same ones on every machine. */
  private static Graph random(Random random, Machine... machines) {
    List<Node.Out> nodes = new ArrayList<>();
    Map<String, Set<Integer>> byContent = new TreeMap<>();
    for (int n = 0; n < NODES; n++) {
      String name = "n" + n;
      List<Node.Out> inputs = new ArrayList<>();
      Set<Integer> contents = new TreeSet<>();
      for (int i = 0; i < Math.min(n, random.nextInt(4)); i++) {
        inputs.add(nodes.get(random.nextInt(n)));
        if (random.nextInt(3) == 0) {
          contents.add(i);
        }
      }
      byContent.put(name, contents);
      for (Machine machine : machines) {
        machine.toys.takesByContent(name, contents.toArray(Integer[]::new));
        machine.toys.does(
            name, (context, given) -> SolverPropertyTest.compute(name, given, byContent));
      }
      nodes.add(machines[0].toys.toy(name, inputs.toArray(Node.Out[]::new)));
    }
    return Toys.graph(nodes.getLast());
  }

  @Property(tries = 200)
  void nothingIsCarriedOutWhereEverythingWasImported(@ForAll long seed) throws Exception {
    Machine here = new Machine();
    Machine there = new Machine();
    Graph graph = random(new Random(seed), here, there);
    SolveResult<String> made = here.solve(graph);

    CarriedCache all = CarriedCache.of(made.trail(), key -> true);
    SolveResult<String> got = there.solve(graph, all);

    assertThat(got.result()).isEqualTo(made.result());
    assertThat(got.cached()).isTrue();
    assertThat(there.toys.executed).isEmpty();
    assertThat(there.toys.digested).isEmpty();
    assertThat(there.solve(graph).cached()).as("without the import").isTrue();
  }

  @Property(tries = 200)
  void theResultAloneIsEnough(@ForAll long seed) throws Exception {
    Machine here = new Machine();
    Machine there = new Machine();
    Graph graph = random(new Random(seed), here, there);
    SolveResult<String> made = here.solve(graph);
    Digest target = made.trail().entries().getLast().key();

    CarriedCache least = CarriedCache.of(made.trail(), target::equals);
    SolveResult<String> got = there.solve(graph, least);

    assertThat(least.size()).isEqualTo(1);
    assertThat(got.result()).isEqualTo(made.result());
    assertThat(there.toys.executed).isEmpty();
  }

  @Property(tries = 200)
  void whatIsMissingIsCarriedOut(@ForAll long seed) throws Exception {
    Machine here = new Machine();
    Machine there = new Machine();
    Random random = new Random(seed);
    Graph graph = random(random, here, there);
    SolveResult<String> made = here.solve(graph);
    Digest target = made.trail().entries().getLast().key();

    CarriedCache some =
        CarriedCache.of(made.trail(), key -> !key.equals(target) && random.nextInt(2) == 0);
    SolveResult<String> got = there.solve(graph, some);

    assertThat(got.result()).isEqualTo(made.result());
    assertThat(there.toys.executed).doesNotHaveDuplicates().contains("n" + (NODES - 1));
    assertThat(there.toys.executed.size()).isLessThanOrEqualTo(here.toys.executed.size());
  }

  @Property(tries = 100)
  void whatWasImportedCanBeExportedAgain(@ForAll long seed) throws Exception {
    Machine first = new Machine();
    Machine second = new Machine();
    Machine third = new Machine();
    Graph graph = random(new Random(seed), first, second, third);
    SolveResult<String> made = first.solve(graph);
    CarriedCache imported = CarriedCache.of(made.trail(), key -> true);
    SolveResult<String> got = second.solve(graph, imported);

    CarriedCache again = CarriedCache.of(got.trail(), key -> true);

    assertThat(again.size()).isEqualTo(imported.size());
    assertThat(third.solve(graph, again).result()).isEqualTo(made.result());
    assertThat(third.toys.executed).isEmpty();
  }

  @Test
  void aStepWithOtherContentThanRememberedIsNotTakenForTheOldOne() throws Exception {
    Machine here = new Machine();
    Machine there = new Machine();
    AtomicInteger builds = new AtomicInteger();
    for (Machine machine : List.of(here, there)) {
      machine.toys.does("build", (context, given) -> "binary " + builds.incrementAndGet() + "|x");
      machine.toys.takesByContent("copy", 0).takesByContent("other copy", 0);
    }
    Node.Out build = here.toys.toy("build");
    Graph copy = Toys.graph(here.toys.toy("copy", build));
    CarriedCache least = CarriedCache.of(here.solve(copy).trail(), key -> false); // contents only

    SolveResult<String> got = there.solve(copy, least);

    assertThat(got.result()).isEqualTo("copy(binary 2|x)");
    assertThat(there.toys.executed).containsExactlyInAnyOrder("build", "copy");
    // A third machine whose build yields what the first one's did must not get the second's.
    CarriedCache second = CarriedCache.of(got.trail(), key -> true);
    Machine third = new Machine();
    third.toys.takesByContent("copy", 0).does("other build", (context, given) -> "binary 1|x");
    Graph other = Toys.graph(here.toys.toy("copy", here.toys.toy("other build")));
    assertThat(third.solve(other, second).result()).isEqualTo("copy(binary 1|x)");
  }

  @Test
  void anIgnoredCacheIsExportedAfresh() throws Exception {
    Machine here = new Machine();
    AtomicInteger times = new AtomicInteger();
    here.toys.does("step", (context, given) -> "made " + times.incrementAndGet());
    Graph graph = Toys.graph(here.toys.toy("step"));
    here.solve(graph);
    SolveRequest<String> noCache =
        new SolveRequest<>(here.toys, here.toys, true, Cancellation.never(), ProgressSink.none());

    CarriedCache fresh = CarriedCache.of(here.solver.solve(graph, noCache).trail(), key -> true);

    assertThat(new Machine().solve(graph, fresh).result()).isEqualTo("made 2");
  }
}
