package dev.obdbuild.builder.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.rpc.Status;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.control.BuildHistoryEvent;
import dev.obdbuild.protos.control.BuildHistoryEventType;
import dev.obdbuild.protos.control.BuildHistoryRecord;
import dev.obdbuild.protos.control.BuildHistoryRequest;
import dev.obdbuild.protos.control.Descriptor;
import dev.obdbuild.protos.control.StatusResponse;
import dev.obdbuild.solver.progress.ProgressEvent.LogEvent;
import dev.obdbuild.solver.progress.ProgressEvent.VertexEvent;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HistoryTest {

  private static final Instant T0 = Instant.parse("2026-11-29T12:00:00Z");
  private static final HistoryLimits LIMITS = new HistoryLimits(Duration.ofHours(1), 2);

  @TempDir Path root;
  private Instant now = T0;
  private History history;

  @BeforeEach
  void open() throws Exception {
    history = History.open(root, LIMITS, () -> now);
  }

  @AfterEach
  void close() throws Exception {
    history.close();
  }

  private static BuildHistoryRecord record(String ref) {
    return BuildHistoryRecord.newBuilder().setRef(ref).setFrontend("dockerfile.v0").build();
  }

  private static VertexEvent vertex(String name, boolean cached, boolean done) {
    return new VertexEvent(
        Digest.sha256(name.getBytes(StandardCharsets.UTF_8)),
        List.of(),
        name,
        cached,
        Optional.of(T0),
        done ? Optional.of(T0) : Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private BuildHistoryRecord build(String ref) throws Exception {
    try (StatusLog log = history.openLog()) {
      ActiveBuild build = history.start(record(ref), log);
      log.accept(vertex(ref, false, true));
      now = now.plusSeconds(10);
      build.complete();
      return build.record();
    }
  }

  private List<String> list(BuildHistoryRequest request) throws Exception {
    List<String> seen = new ArrayList<>();
    try (HistoryEvents events = history.listen(request.toBuilder().setEarlyExit(true).build())) {
      for (Optional<BuildHistoryEvent> e = events.next(); e.isPresent(); e = events.next()) {
        seen.add(e.get().getType() + " " + e.get().getRecord().getRef());
      }
    }
    return seen;
  }

  private List<StatusResponse> replay(String ref) throws Exception {
    List<StatusResponse> messages = new ArrayList<>();
    try (StatusReader reader = history.status(ref).orElseThrow()) {
      for (Optional<StatusResponse> m = reader.next(); m.isPresent(); m = reader.next()) {
        messages.add(m.get());
      }
    }
    return messages;
  }

  @Test
  void aBuildIsCountedAndItsLogReplayed() throws Exception {
    try (StatusLog log = history.openLog()) {
      ActiveBuild build = history.start(record("r"), log);
      assertThatThrownBy(() -> history.start(record("r"), log))
          .isInstanceOf(IllegalStateException.class);
      log.acceptAll(
          List.of(vertex("a", true, true), vertex("b", false, true), vertex("c", false, false)));
      try (StatusReader live = history.status("r").orElseThrow()) {
        assertThat(live.next().orElseThrow().getVertexesCount()).isEqualTo(3);
      }
      build.fail(Status.newBuilder().setCode(2).setMessage("exit code: 7").build());
      build.complete();
    }
    BuildHistoryRecord over = history.find("r").orElseThrow();
    assertThat(over.getNumTotalSteps()).isEqualTo(3);
    assertThat(over.getNumCachedSteps()).isEqualTo(1);
    assertThat(over.getNumCompletedSteps()).isEqualTo(2);
    assertThat(over.getError().getMessage()).isEqualTo("exit code: 7");
    assertThat(over.getLogs().getMediaType()).isEqualTo(History.STATUS_TYPE);
    assertThat(replay("r")).hasSize(1);
    try (InputStream error =
        history.blobs().read(Digest.parse(over.getExternalError().getDigest()), 0, 1000)) {
      assertThat(Status.parseFrom(error).getCode()).isEqualTo(2);
    }
    assertThat(history.status("other")).isEmpty();
  }

  @Test
  void blobsAreReadInPartsAndGoWithTheLastRecordThatNamesThem() throws Exception {
    List<Descriptor> blobs = new ArrayList<>();
    for (String ref : List.of("a", "b")) {
      try (StatusLog log = history.openLog()) {
        ActiveBuild build = history.start(record(ref), log);
        blobs.add(build.store("text/plain", "0123456789".getBytes(StandardCharsets.UTF_8)));
        log.accept(new LogEvent(Digest.sha256(new byte[0]), T0, 1, ref.getBytes()));
        build.complete();
      }
    }
    Digest digest = Digest.parse(blobs.getFirst().getDigest());
    assertThat(blobs.getFirst()).isEqualTo(blobs.getLast());
    try (InputStream part = history.blobs().read(digest, 3, 4)) {
      assertThat(part.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("3456");
    }
    history.delete("a");
    assertThat(history.blobs().find(digest)).isPresent();
    history.delete("b");
    assertThat(history.blobs().find(digest)).isEmpty();
    assertThat(root.resolve("history/blobs/sha256")).isEmptyDirectory();
    assertThat(root.resolve("history/ingest")).isEmptyDirectory();
    assertThatThrownBy(() -> history.delete("b")).isInstanceOf(NoSuchBuildException.class);
  }

  @Test
  void aListenerHearsWhatIsThereAndThenWhatHappens() throws Exception {
    build("old");
    try (StatusLog log = history.openLog();
        HistoryEvents events = history.listen(BuildHistoryRequest.getDefaultInstance());
        HistoryEvents other =
            history.listen(BuildHistoryRequest.newBuilder().setRef("other").build())) {
      assertThat(events.next().orElseThrow().getType()).isEqualTo(BuildHistoryEventType.COMPLETE);
      ActiveBuild build = history.start(record("new"), log);
      assertThat(events.next().orElseThrow().getType()).isEqualTo(BuildHistoryEventType.STARTED);
      assertThat(list(BuildHistoryRequest.newBuilder().setActiveOnly(true).build()))
          .containsExactly("STARTED new");
      build.complete();
      assertThat(events.next().orElseThrow().getType()).isEqualTo(BuildHistoryEventType.COMPLETE);
      history.pin("new", true);
      BuildHistoryRecord pinned = events.next().orElseThrow().getRecord();
      assertThat(pinned.getPinned()).isTrue();
      assertThat(pinned.getGeneration()).isEqualTo(1);
      history.delete("new");
      assertThat(events.next().orElseThrow().getType()).isEqualTo(BuildHistoryEventType.DELETED);
      other.close();
      assertThat(other.next()).isEmpty();
    }
  }

  @Test
  void aListIsFilteredAndLimited() throws Exception {
    build("a");
    build("b");
    assertThat(list(BuildHistoryRequest.getDefaultInstance()))
        .containsExactly("COMPLETE a", "COMPLETE b");
    assertThat(list(BuildHistoryRequest.newBuilder().setLimit(1).build()))
        .containsExactly("COMPLETE b");
    assertThat(list(BuildHistoryRequest.newBuilder().setRef("a").build()))
        .containsExactly("COMPLETE a");
    assertThat(list(BuildHistoryRequest.newBuilder().addFilter("ref==b").build()))
        .containsExactly("COMPLETE b");
    assertThatThrownBy(() -> list(BuildHistoryRequest.newBuilder().addFilter("ref=b").build()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> list(BuildHistoryRequest.newBuilder().setLimit(-1).build()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theOldestGoWhenTheyAreTooManyAndTooOldUnlessPinned() throws Exception {
    build("pinned");
    history.pin("pinned", true);
    for (String ref : List.of("a", "b", "c", "d")) {
      build(ref);
    }
    assertThat(list(BuildHistoryRequest.getDefaultInstance())).hasSize(5);
    now = now.plus(Duration.ofHours(2));
    assertThat(history.collect()).isEqualTo(2);
    assertThat(list(BuildHistoryRequest.getDefaultInstance()))
        .containsExactly("COMPLETE pinned", "COMPLETE c", "COMPLETE d");
  }

  @Test
  void aBuildWhoseProcessWasKilledIsCompletedAsFailedWithWhatItHadPrinted() throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Killed.class.getName(),
                root.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String line =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    assertThat(line).isEqualTo("written");
    assertThat(list(BuildHistoryRequest.getDefaultInstance())).isEmpty();
    child.destroyForcibly().waitFor();
    try (var ingest = Files.list(root.resolve("history/ingest"))) {
      Path log = ingest.findFirst().orElseThrow();
      Files.write(log, new byte[] {9, 0, 0, 0, 1}, java.nio.file.StandardOpenOption.APPEND);
    }
    history.close();
    open();
    BuildHistoryRecord record = history.find("killed").orElseThrow();
    assertThat(record.hasCompletedAt()).isTrue();
    assertThat(record.getError().getMessage()).isEqualTo(Recovery.MESSAGE);
    assertThat(record.getNumTotalSteps()).isEqualTo(1);
    assertThat(replay("killed")).hasSize(1);
    assertThat(root.resolve("history/ingest")).isEmptyDirectory();
  }

  /** Starts a build, says so, and waits to be killed. */
  static final class Killed {
    public static void main(String[] args) throws Exception {
      History history =
          History.open(Path.of(args[0]), HistoryLimits.DEFAULT, InstantSource.system());
      StatusLog log = history.openLog();
      history.start(record("killed"), log);
      log.accept(vertex("a", false, true));
      try (StatusReader reader = log.reader()) {
        reader.next();
      }
      System.out.println("written");
      Thread.sleep(Duration.ofMinutes(5));
    }
  }
}
