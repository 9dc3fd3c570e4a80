package dev.obdbuild.builder.daemon;

import dev.obdbuild.backstore.prefetch.AccelerationLayer;
import dev.obdbuild.backstore.prefetch.TraceRecorder;
import dev.obdbuild.builder.Engine;
import dev.obdbuild.overlaybd.trace.TraceRecord;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The trace that a build of this daemon records where its client wants one: a frontend attribute
 * asks for it, and the trace file comes back among the exporters' answers, as base64. Devices tell
 * no builds apart, so one build records at a time; reads that others do of the same layers
 * meanwhile are in its trace.
 */
public final class BuildTrace implements AutoCloseable {
  /** The attribute; its value is {@code true}. */
  public static final String ATTRIBUTE = "obd:record-trace";

  /** The answer's key. */
  public static final String ANSWER = "obd.prefetch-trace";

  /** So many, of 24 bytes each, leave an answer below gRPC's usual limit of 4 MiB. */
  private static final int MAX_RECORDS = 90_000;

  private final Engine engine;
  private final Optional<TraceRecorder> recorder;

  private BuildTrace(Engine engine, Optional<TraceRecorder> recorder) {
    this.engine = engine;
    this.recorder = recorder;
  }

  /**
   * Begins to record, if the attributes ask for it.
   *
   * @throws IllegalArgumentException while another build records
   */
  static BuildTrace of(Engine engine, Map<String, String> attributes) {
    if (!attributes.getOrDefault(ATTRIBUTE, "").equals("true")) {
      return new BuildTrace(engine, Optional.empty());
    }
    TraceRecorder recorder = new TraceRecorder();
    if (!engine.recordAlone(recorder)) {
      throw new IllegalArgumentException(
          ATTRIBUTE + ": another build of this daemon records a trace; one can at a time");
    }
    return new BuildTrace(engine, Optional.of(recorder));
  }

  /** What is added to the answers of the exporters. */
  Map<String, String> answer() throws IOException {
    if (recorder.isEmpty()) {
      return Map.of();
    }
    recorder.get().stop();
    List<TraceRecord> records = recorder.get().records();
    byte[] file =
        AccelerationLayer.encode(records.subList(0, Math.min(records.size(), MAX_RECORDS)));
    return Map.of(ANSWER, Base64.getEncoder().encodeToString(file));
  }

  @Override
  public void close() {
    recorder.ifPresent(engine::forget);
  }
}
