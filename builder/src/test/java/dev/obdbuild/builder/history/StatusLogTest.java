package dev.obdbuild.builder.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.llb.ProgressGroup;
import dev.obdbuild.llb.SourceFile;
import dev.obdbuild.llb.SourceLocation.LineRange;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.control.StatusResponse;
import dev.obdbuild.protos.control.VertexWarning;
import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.solver.progress.ProgressEvent.LogEvent;
import dev.obdbuild.solver.progress.ProgressEvent.StatusEvent;
import dev.obdbuild.solver.progress.ProgressEvent.VertexEvent;
import dev.obdbuild.solver.progress.ProgressEvent.WarningEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

final class StatusLogTest {

  private static final Instant T0 = Instant.parse("2026-11-29T12:00:00.123456789Z");

  /** What followers do: read from the start, join late, read all after the end. */
  @Property(tries = 40)
  void everyReaderMergesToTheSameStateWheneverItCame(
      @ForAll("events") List<ProgressEvent> events, @ForAll("joins") List<Integer> joins)
      throws Exception {
    Path folder = Files.createTempDirectory("status-log");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        StatusLog log = new StatusLog(folder.resolve("log"))) {
      List<Future<MergedStatus>> readers = new ArrayList<>();
      for (int i = 0; i <= events.size(); i++) {
        int now = i;
        for (long n = joins.stream().filter(at -> at % (events.size() + 1) == now).count();
            n > 0;
            n--) {
          StatusReader reader = log.reader();
          readers.add(threads.submit(() -> MergedStatus.read(reader)));
        }
        if (i < events.size()) {
          log.accept(events.get(i));
        }
      }
      log.end();
      readers.add(threads.submit(() -> MergedStatus.read(log.reader())));
      MergedStatus expected = new MergedStatus();
      for (ProgressEvent event : events) {
        StatusBatch one = new StatusBatch();
        one.add(event);
        expected.add(one.take());
      }
      for (Future<MergedStatus> reader : readers) {
        assertThat(reader.get()).isEqualTo(expected);
      }
    }
    assertThat(Files.list(folder)).isEmpty();
    Files.delete(folder);
  }

  @Test
  void aWarningComesWithItsVertexOnceMore() {
    StatusBatch batch = new StatusBatch();
    VertexEvent read =
        new VertexEvent(
            vertex(1),
            List.of(),
            "step",
            false,
            Optional.of(T0),
            Optional.of(T0),
            Optional.empty(),
            Optional.empty());
    WarningEvent warning =
        new WarningEvent(vertex(1), 1, "w", List.of(), "", Optional.empty(), List.of());
    batch.add(read);
    batch.add(warning);
    StatusResponse together = batch.take();
    assertThat(together.getVertexesCount()).isEqualTo(1);
    batch.add(warning);
    batch.add(warning);
    StatusResponse later = batch.take();
    assertThat(later.getVertexesList()).isEqualTo(together.getVertexesList());
    assertThat(later.getWarningsCount()).isEqualTo(2);
  }

  @Provide
  Arbitrary<List<Integer>> joins() {
    return Arbitraries.integers().between(0, 1000).list().ofMinSize(1).ofMaxSize(6);
  }

  @Provide
  Arbitrary<List<ProgressEvent>> events() {
    Arbitrary<Digest> vertex = Arbitraries.integers().between(0, 4).map(StatusLogTest::vertex);
    Arbitrary<Optional<Instant>> time =
        Arbitraries.integers().between(0, 99).map(T0::plusSeconds).optional();
    Arbitrary<ProgressEvent> vertices =
        Combinators.combine(vertex, Arbitraries.of(true, false), time, time)
            .as(
                (v, cached, from, to) ->
                    new VertexEvent(
                        v,
                        List.of(vertex(9)),
                        "step",
                        cached,
                        from,
                        to,
                        to.isPresent() ? Optional.of("failed") : Optional.empty(),
                        Optional.of(new ProgressGroup("g", "group", true))));
    Arbitrary<ProgressEvent> statuses =
        Combinators.combine(vertex, Arbitraries.of("a", "b"), Arbitraries.integers(), time)
            .as(
                (v, id, n, end) ->
                    new StatusEvent(v, id, "name", n, 100, T0, Optional.of(T0), end));
    Arbitrary<ProgressEvent> logs =
        Combinators.combine(vertex, Arbitraries.of(1, 2), Arbitraries.of(0, 10, 4000, 700_000))
            .as((v, stream, size) -> new LogEvent(v, T0, stream, new byte[size]));
    Arbitrary<ProgressEvent> warnings =
        vertex.map(
            v -> new WarningEvent(v, 1, "w", List.of("d"), "url", Optional.empty(), List.of()));
    return Arbitraries.oneOf(vertices, statuses, logs, warnings).list().ofMaxSize(60);
  }

  private static Digest vertex(int n) {
    return Digest.sha256(new byte[] {(byte) n});
  }

  @Test
  void theFirstEventIsThereBeforeTheBuildEnds() throws Exception {
    Path folder = Files.createTempDirectory("status-log");
    try (StatusLog log = new StatusLog(folder.resolve("log"));
        StatusReader reader = log.reader()) {
      log.accept(new LogEvent(vertex(1), T0, 2, "out".getBytes(StandardCharsets.UTF_8)));
      StatusResponse first = reader.next().orElseThrow();
      assertThat(first.getLogs(0).getMsg().toStringUtf8()).isEqualTo("out");
      assertThat(first.getLogs(0).getStream()).isEqualTo(2);
    }
  }

  @Test
  void messagesStaySmallHoweverMuchIsPrinted() throws Exception {
    Path folder = Files.createTempDirectory("status-log");
    try (StatusLog log = new StatusLog(folder.resolve("log"))) {
      for (int i = 0; i < 20; i++) {
        log.accept(new LogEvent(vertex(1), T0, 1, new byte[900_000]));
      }
      log.end();
      long bytes = 0;
      try (StatusReader reader = log.reader()) {
        for (var next = reader.next(); next.isPresent(); next = reader.next()) {
          assertThat(next.get().getSerializedSize()).isLessThan(3 << 20);
          bytes += next.get().getLogsList().stream().mapToLong(l -> l.getMsg().size()).sum();
        }
      }
      assertThat(bytes).isEqualTo(20 * 900_000);
    }
  }

  @Test
  void closingEndsAReaderThatWaits() throws Exception {
    Path folder = Files.createTempDirectory("status-log");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        StatusLog log = new StatusLog(folder.resolve("log"))) {
      StatusReader reader = log.reader();
      Future<Optional<StatusResponse>> next = threads.submit(reader::next);
      reader.close();
      assertThat(next.get()).isEmpty();
      assertThat(reader.next()).isEmpty();
    }
  }

  @Test
  void aFullDiskIsToldToReadersAndWhoeverEndsTheLog() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      StatusLog log = new StatusLog(Path.of("/dev/full"));
      StatusReader reader = log.reader();
      Future<Optional<StatusResponse>> next = threads.submit(reader::next);
      for (int i = 0; i < 10; i++) {
        log.accept(new LogEvent(vertex(1), T0, 1, new byte[500_000]));
      }
      assertThatThrownBy(log::end)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("/dev/full");
      assertThatThrownBy(next::get).hasMessageContaining("/dev/full");
    }
  }

  @Test
  void aWarningKeepsWhereItIs() {
    VertexWarning warning =
        StatusMessages.warning(
            new WarningEvent(
                vertex(1),
                2,
                "short",
                List.of("one", "two"),
                "https://example.org",
                Optional.of(new SourceFile("Dockerfile", new byte[] {7}, "Dockerfile")),
                List.of(new LineRange(3, 4))));
    assertThat(warning.getLevel()).isEqualTo(2);
    assertThat(warning.getShort().toStringUtf8()).isEqualTo("short");
    assertThat(warning.getDetailList()).hasSize(2);
    assertThat(warning.getInfo().getFilename()).isEqualTo("Dockerfile");
    assertThat(warning.getInfo().getLanguage()).isEqualTo("Dockerfile");
    assertThat(warning.getRanges(0).getStart().getLine()).isEqualTo(3);
    assertThat(warning.getRanges(0).getEnd().getLine()).isEqualTo(4);
  }
}
