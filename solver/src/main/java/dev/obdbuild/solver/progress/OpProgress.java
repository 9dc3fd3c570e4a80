package dev.obdbuild.solver.progress;

import dev.obdbuild.llb.SourceFile;
import dev.obdbuild.llb.SourceLocation.LineRange;
import dev.obdbuild.oci.image.Digest;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** What the work of one vertex reports about itself. Thread-safe. */
public final class OpProgress {

  private final ProgressSink sink;
  private final Digest vertex;
  private final InstantSource clock;

  public OpProgress(ProgressSink sink, Digest vertex, InstantSource clock) {
    this.sink = sink;
    this.vertex = vertex;
    this.clock = clock;
  }

  /** A part of the work, started now, shown by its id. */
  public StatusProgress status(String id) {
    return status(id, "");
  }

  /** A part of the work, started now. */
  public StatusProgress status(String id, String name) {
    return new StatusProgress(sink, vertex, id, name, clock);
  }

  /**
   * Output of a process.
   *
   * @param stream 1 for standard output, 2 for standard error
   * @param chunk taken over: the caller does not change it afterwards
   */
  public void log(int stream, byte[] chunk) {
    sink.accept(new ProgressEvent.LogEvent(vertex, clock.instant(), stream, chunk));
  }

  /** A warning of level 1. */
  public void warn(
      String summary,
      List<String> detail,
      String url,
      Optional<SourceFile> source,
      List<LineRange> ranges) {
    sink.accept(new ProgressEvent.WarningEvent(vertex, 1, summary, detail, url, source, ranges));
  }
}
