package dev.obdbuild.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.solver.progress.ProgressSink;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class SolverTest {

  private final Toys toys = new Toys();
  private final MemoryCacheStore cache = new MemoryCacheStore();
  private final Solver<String> solver = new Solver<>(cache);

  private SolveRequest<String> request(Cancellation cancellation) {
    return new SolveRequest<>(toys, toys, false, cancellation, ProgressSink.none());
  }

  private SolveResult<String> solve(Node.Out result) throws SolveException {
    return solver.solve(Toys.graph(result), request(Cancellation.never()));
  }

  private static CompletableFuture<String> async(java.util.concurrent.Callable<String> work) {
    CompletableFuture<String> future = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> Memo.complete(future, work));
    return future;
  }

  @Test
  void everyVertexRunsOnceAfterItsInputs() throws Exception {
    Node.Out base = toys.toy("base");
    Node.Out top = toys.toy("top", toys.toy("left", base), toys.toy("right", base));

    assertThat(solve(top).result()).isEqualTo("top(left(base()),right(base()))");
    assertThat(toys.executed).containsExactlyInAnyOrder("base", "left", "right", "top");
    assertThat(toys.executed).startsWith("base").endsWith("top");
  }

  @Test
  void aSecondSolveTouchesNothingButTheResult() throws Exception {
    Node.Out top = toys.toy("top", toys.toy("middle", toys.toy("base")));
    solve(top);
    toys.executed.clear();

    SolveResult<String> again = solve(top);

    assertThat(again.cached()).isTrue();
    assertThat(again.result()).isEqualTo("top(middle(base()))");
    assertThat(toys.executed).isEmpty();
    assertThat(toys.loaded).containsExactly("top(middle(base()))");
  }

  @Test
  void aChangedVertexRunsWithAllThatFollowsAndNothingElse() throws Exception {
    solve(toys.toy("top", toys.toy("old", toys.toy("base")), toys.toy("side")));
    toys.executed.clear();

    solve(toys.toy("top", toys.toy("new", toys.toy("base")), toys.toy("side")));

    assertThat(toys.executed).containsExactly("new", "top");
  }

  @Test
  void anInputByContentCountsOnlyWithWhatIsUsedOfIt() throws Exception {
    toys.takesByContent("copy", 1).isOfThisSolveOnly("context 1").isOfThisSolveOnly("context 2");
    toys.does("context 1", (c, in) -> "file|other 1").does("context 2", (c, in) -> "file|other 2");
    solve(toys.toy("run", toys.toy("copy", toys.toy("base"), toys.toy("context 1"))));
    toys.executed.clear();

    SolveResult<String> second =
        solve(toys.toy("run", toys.toy("copy", toys.toy("base"), toys.toy("context 2"))));

    assertThat(second.cached()).isTrue();
    assertThat(toys.executed).containsExactly("context 2");
  }

  @Test
  void aContentDigestIsRememberedForTheResultItWasComputedOf() throws Exception {
    toys.takesByContent("copy", 1);
    Node.Out top = toys.toy("copy", toys.toy("base"), toys.toy("stage"));
    solve(top);
    solve(top);
    assertThat(toys.digested).containsExactly("copy");

    AtomicInteger runs = new AtomicInteger();
    toys.does("stage", (c, in) -> "stage, run " + runs.incrementAndGet());
    VertexMetadata ignore = VertexMetadata.EMPTY.withIgnoreCache(true);
    toys.executed.clear();
    solve(toys.toy("copy", toys.toy("base"), toys.toy("stage", ignore)));

    assertThat(toys.digested).containsExactly("copy", "copy");
    assertThat(toys.executed).containsExactly("stage", "copy");
  }

  @Test
  void aVertexThatIgnoresTheCacheRunsWithAllThatFollowsAndIsSaved() throws Exception {
    Node.Out base = toys.toy("base");
    solve(toys.toy("top", toys.toy("step", base)));
    toys.executed.clear();

    VertexMetadata ignore = VertexMetadata.EMPTY.withIgnoreCache(true);
    solve(toys.toy("top", toys.toy("step", ignore, base)));
    assertThat(toys.executed).containsExactly("step", "top");

    toys.executed.clear();
    assertThat(solve(toys.toy("top", toys.toy("step", base))).cached()).isTrue();
    assertThat(toys.executed).isEmpty();
  }

  @Test
  void noCacheRunsEverything() throws Exception {
    Node.Out top = toys.toy("top", toys.toy("base"));
    solve(top);
    toys.executed.clear();
    solver.solve(
        Toys.graph(top),
        new SolveRequest<>(toys, toys, true, Cancellation.never(), ProgressSink.none()));
    assertThat(toys.executed).containsExactly("base", "top");
  }

  @Test
  void aResultThatIsGoneIsMadeAgainAndForgotten() throws Exception {
    Node.Out top = toys.toy("top", toys.toy("base"));
    solve(top);
    toys.kept.values().remove("top(base())");
    toys.executed.clear();

    assertThat(solve(top).result()).isEqualTo("top(base())");
    assertThat(toys.executed).containsExactly("top");
    assertThat(cache.results).hasSize(2);
  }

  @Test
  void independentVerticesRunAtTheSameTime() throws Exception {
    CyclicBarrier together = new CyclicBarrier(2);
    Toys.Action meet =
        (c, in) -> {
          together.await(30, TimeUnit.SECONDS);
          return "met";
        };
    toys.does("left", meet).does("right", meet);
    assertThat(solve(toys.toy("top", toys.toy("left"), toys.toy("right"))).result())
        .isEqualTo("top(met,met)");
  }

  @Test
  void theBaseOfACopyIsMadeWhileTheCopiedStageIs() throws Exception {
    CyclicBarrier together = new CyclicBarrier(3);
    Toys.Action meet =
        (c, in) -> {
          together.await(30, TimeUnit.SECONDS);
          return "met";
        };
    toys.does("apt", meet).does("stage 1", meet).does("stage 2", meet);
    toys.takesByContent("copy 1", 1).takesByContent("copy 2", 1);
    Node.Out first = toys.toy("copy 1", toys.toy("apt"), toys.toy("stage 1"));
    Node.Out second = toys.toy("run", toys.toy("copy 2", first, toys.toy("stage 2")));
    assertThat(solve(second).result()).isEqualTo("run(copy 2(copy 1(met,met),met))");
  }

  @Test
  void aFailureNamesItsVertexAndGivesUpTheRestOfTheSolve() {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    toys.does(
        "slow",
        (c, in) -> {
          CountDownLatch cancelled = new CountDownLatch(1);
          c.cancellation().onCancel(cancelled::countDown);
          started.countDown();
          cancelled.await();
          ended.countDown();
          throw new CancellationException();
        });
    toys.does(
        "bad",
        (c, in) -> {
          started.await();
          throw new IOException("exit code: 7");
        });

    Throwable thrown =
        catchThrowable(() -> solve(toys.toy("top", toys.toy("slow"), toys.toy("bad"))));

    assertThat(thrown).isInstanceOf(SolveException.class).hasMessage("exit code: 7");
    assertThat(((SolveException) thrown).vertex()).isEqualTo(toys.toy("bad").node().vertex());
    assertThat(ended.getCount()).isZero();
    assertThat(toys.executed).doesNotContain("top");
  }

  @Test
  void aMissingFileFailsTheVertexThatWantedIt() {
    toys.takesByContent("copy", 0);
    assertThatThrownBy(() -> solve(toys.toy("copy", toys.toy("missing"))))
        .isInstanceOf(SolveException.class)
        .hasMessage("failed to compute cache key: \"/nofile\": not found");
  }

  @Test
  void equalWorkOfTwoSolvesIsDoneOnce() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    toys.does(
        "shared",
        (c, in) -> {
          running.countDown();
          go.await();
          return "made";
        });
    CompletableFuture<String> one =
        async(() -> solve(toys.toy("one", toys.toy("shared"))).result());
    running.await();
    CompletableFuture<String> two =
        async(() -> solve(toys.toy("two", toys.toy("shared"))).result());
    go.countDown();

    assertThat(one.get()).isEqualTo("one(made)");
    assertThat(two.get()).isEqualTo("two(made)");
    assertThat(toys.executed).containsOnlyOnce("shared");
  }

  @Test
  void anErrorReachesEveryoneWhoWaits() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    toys.does(
        "shared",
        (c, in) -> {
          running.countDown();
          go.await();
          throw new IOException("no luck");
        });
    CountDownLatch joined = new CountDownLatch(2);
    ProgressSink seesStart =
        event -> {
          if (event instanceof dev.obdbuild.solver.progress.ProgressEvent.VertexEvent v
              && v.name().equals("passthrough shared")
              && v.started().isPresent()
              && v.completed().isEmpty()) {
            joined.countDown();
          }
        };
    Graph graph = Toys.graph(toys.toy("shared"));
    SolveRequest<String> request =
        new SolveRequest<>(toys, toys, false, Cancellation.never(), seesStart);
    CompletableFuture<String> one = async(() -> solver.solve(graph, request).result());
    CompletableFuture<String> two = async(() -> solver.solve(graph, request).result());
    joined.await();
    running.await();
    go.countDown();

    assertThatThrownBy(one::get).hasMessageContaining("no luck");
    assertThatThrownBy(two::get).hasMessageContaining("no luck");
  }

  @Test
  void whenOneOfTwoGivesUpTheWorkGoesOn() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    toys.does(
        "shared",
        (c, in) -> {
          running.countDown();
          go.await();
          c.cancellation().throwIfCancelled();
          return "made";
        });
    Graph graph = Toys.graph(toys.toy("shared"));
    CountDownLatch secondStarted = new CountDownLatch(1);
    try (CancellationSource first = new CancellationSource()) {
      CompletableFuture<String> one = async(() -> solver.solve(graph, request(first)).result());
      running.await();
      CompletableFuture<String> two =
          async(
              () ->
                  solver
                      .solve(
                          graph,
                          new SolveRequest<>(
                              toys,
                              toys,
                              false,
                              Cancellation.never(),
                              e -> secondStarted.countDown()))
                      .result());
      secondStarted.await();
      while (solver.waiting() < 2) {
        Thread.sleep(1);
      }
      first.cancel();
      assertThatThrownBy(one::get).hasRootCauseInstanceOf(CancellationException.class);
      go.countDown();
      assertThat(two.get()).isEqualTo("made");
    }
    assertThat(toys.executed).containsExactly("shared");
  }

  @Test
  void whenTheLastOneGivesUpTheWorkIsCancelledAndWaitedFor() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    AtomicInteger ended = new AtomicInteger();
    toys.does(
        "endless",
        (c, in) -> {
          CountDownLatch cancelled = new CountDownLatch(1);
          c.cancellation().onCancel(cancelled::countDown);
          running.countDown();
          cancelled.await();
          ended.incrementAndGet();
          throw new CancellationException();
        });
    try (CancellationSource source = new CancellationSource();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var solving =
          threads.submit(() -> solver.solve(Toys.graph(toys.toy("endless")), request(source)));
      running.await();
      source.cancel();
      assertThatThrownBy(solving::get).hasCauseInstanceOf(CancellationException.class);
      assertThat(ended).hasValue(1);
    }
    assertThat(cache.results).isEmpty();
  }

  @Test
  void aLongChainIsSolved() throws Exception {
    Node.Out chain = toys.toy("base");
    for (int i = 0; i < 2000; i++) {
      chain = toys.toy("s" + i, chain);
      toys.does("s" + i, (c, in) -> "x");
    }
    assertThat(solve(chain).result()).isEqualTo("x");
    assertThat(solve(chain).cached()).isTrue();
  }
}
