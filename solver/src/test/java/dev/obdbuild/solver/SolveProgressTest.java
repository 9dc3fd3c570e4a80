package dev.obdbuild.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.solver.progress.ProgressEvent.LogEvent;
import dev.obdbuild.solver.progress.ProgressEvent.StatusEvent;
import dev.obdbuild.solver.progress.ProgressEvent.VertexEvent;
import dev.obdbuild.solver.progress.ProgressEvent.WarningEvent;
import dev.obdbuild.solver.progress.ProgressSink;
import dev.obdbuild.solver.progress.StatusProgress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The order of events that BuildKit's clients expect. */
@Timeout(60)
final class SolveProgressTest {

  private final Toys toys = new Toys();
  private final Solver<String> solver = new Solver<>(new MemoryCacheStore());

  /** Writes events down as short lines. */
  private static final class Written implements ProgressSink {
    final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final Map<Digest, String> names = Collections.synchronizedMap(new HashMap<>());

    @Override
    public void acceptAll(List<? extends ProgressEvent> events) {
      List<String> announced = new ArrayList<>();
      for (ProgressEvent event : events) {
        names.put(event.vertex(), ((VertexEvent) event).name());
        announced.add(((VertexEvent) event).name());
      }
      lines.add("announce " + announced);
    }

    @Override
    public void accept(ProgressEvent event) {
      String name = names.getOrDefault(event.vertex(), "?");
      lines.add(
          name
              + switch (event) {
                case VertexEvent v when v.error().isPresent() -> " error: " + v.error().get();
                case VertexEvent v when v.cached() -> " cached";
                case VertexEvent v when v.completed().isPresent() -> " completed";
                case VertexEvent v -> " started";
                case StatusEvent s when s.completed().isPresent() ->
                    " " + s.id() + " " + s.current() + "/" + s.total() + " done";
                case StatusEvent s -> " " + s.id();
                case LogEvent l ->
                    " log " + l.stream() + " " + new String(l.data(), StandardCharsets.UTF_8);
                case WarningEvent w -> " warning " + w.summary();
              });
    }
  }

  private static VertexMetadata named(String name) {
    return VertexMetadata.of(Map.of(VertexMetadata.CUSTOM_NAME, name), List.of());
  }

  private Node.Out build() {
    Node.Out base = toys.toy("image", named("[1/3] FROM base"));
    Node.Out context = toys.toy("context", named("[internal] load build context"));
    Node.Out copy = toys.toy("copy", named("[2/3] COPY f /f"), base, context);
    toys.takesByContent("copy", 1).isOfThisSolveOnly("context");
    return toys.toy("run", named("[3/3] RUN make"), copy);
  }

  private Written solve(Node.Out result) {
    Written written = new Written();
    SolveRequest<String> request =
        new SolveRequest<>(toys, toys, false, Cancellation.never(), written);
    Throwable ignored = catchThrowable(() -> solver.solve(Toys.graph(result), request));
    written.lines.add(ignored == null ? "ok" : "failed");
    return written;
  }

  @Test
  void allIsAnnouncedAtOnceAndEachVertexStartsReportsAndCompletes() throws Exception {
    CountDownLatch contextDone = new CountDownLatch(1);
    toys.does(
        "image",
        (c, in) -> {
          contextDone.await();
          try (StatusProgress resolve = c.progress().status("resolve base")) {
            resolve.update(5, 7);
          }
          return "image|";
        });
    toys.does(
        "context",
        (c, in) -> {
          contextDone.countDown();
          return "f|";
        });
    toys.does(
        "run",
        (c, in) -> {
          c.progress().log(2, "hello".getBytes(StandardCharsets.UTF_8));
          return "done";
        });

    List<String> lines = solve(build()).lines;

    assertThat(lines.getFirst())
        .isEqualTo(
            "announce [[1/3] FROM base, [internal] load build context, [2/3] COPY f /f,"
                + " [3/3] RUN make]");
    assertThat(lines)
        .containsSubsequence(
            "[1/3] FROM base started",
            "[1/3] FROM base resolve base",
            "[1/3] FROM base resolve base 5/7 done",
            "[1/3] FROM base completed",
            "[2/3] COPY f /f started",
            "[2/3] COPY f /f completed",
            "[3/3] RUN make started",
            "[3/3] RUN make log 2 hello",
            "[3/3] RUN make completed",
            "ok");
    assertThat(lines)
        .containsSubsequence(
            "[internal] load build context started", "[internal] load build context completed");
  }

  @Test
  void aCachedBuildShowsEveryStepAsCachedFromTheBaseUp() {
    solve(build());
    assertThat(solve(build()).lines)
        .containsExactly(
            "announce [[1/3] FROM base, [internal] load build context, [2/3] COPY f /f,"
                + " [3/3] RUN make]",
            "[1/3] FROM base cached",
            "[internal] load build context cached",
            "[2/3] COPY f /f cached",
            "[3/3] RUN make cached",
            "ok");
  }

  @Test
  void onlyTheVertexThatFailsHasTheError() {
    toys.does(
        "run",
        (c, in) -> {
          throw new IOException("exit code: 1");
        });
    Node.Out after = toys.toy("after", named("[4/4] RUN never"), build());
    List<String> lines = solve(after).lines;
    assertThat(lines).endsWith("[3/3] RUN make error: exit code: 1", "failed");
    assertThat(lines).noneMatch(line -> line.startsWith("[4/4] RUN never"));
  }

  @Test
  void aCancelledSolveEndsWhatItStartedWithBuildKitsText() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    toys.does(
        "step",
        (c, in) -> {
          CountDownLatch cancelled = new CountDownLatch(1);
          c.cancellation().onCancel(cancelled::countDown);
          running.countDown();
          cancelled.await();
          throw new IOException("killed");
        });
    Written written = new Written();
    try (CancellationSource source = new CancellationSource()) {
      CompletableFuture<String> solving = new CompletableFuture<>();
      SolveRequest<String> request = new SolveRequest<>(toys, toys, false, source, written);
      Node.Out step = toys.toy("step", named("step"));
      Thread.ofVirtual()
          .start(
              () -> Memo.complete(solving, () -> solver.solve(Toys.graph(step), request).result()));
      running.await();
      source.cancel();
      assertThat(catchThrowable(solving::get)).hasCauseInstanceOf(CancellationException.class);
    }
    assertThat(written.lines)
        .containsExactly("announce [step]", "step started", "step error: context canceled");
  }

  @Test
  void whoeverJoinsLateHearsWhatWasSaidBefore() throws Exception {
    CountDownLatch said = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    toys.does(
        "step",
        (c, in) -> {
          c.progress().log(1, "early".getBytes(StandardCharsets.UTF_8));
          said.countDown();
          go.await();
          return "x";
        });
    Node.Out step = toys.toy("step", named("step"));
    Thread first = Thread.ofVirtual().start(() -> solve(step));
    said.await();
    List<Written> late = Collections.synchronizedList(new ArrayList<>());
    Thread second = Thread.ofVirtual().start(() -> late.add(solve(step)));
    while (solver.waiting() < 2) {
      Thread.sleep(1);
    }
    go.countDown();
    first.join();
    second.join();
    assertThat(late.getFirst().lines)
        .containsExactly(
            "announce [step]", "step started", "step log 1 early", "step completed", "ok");
  }
}
