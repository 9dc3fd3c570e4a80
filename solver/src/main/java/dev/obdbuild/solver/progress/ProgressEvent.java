package dev.obdbuild.solver.progress;

import dev.obdbuild.llb.ProgressGroup;
import dev.obdbuild.llb.SourceFile;
import dev.obdbuild.llb.SourceLocation.LineRange;
import dev.obdbuild.oci.image.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Something that happened to a vertex. */
public sealed interface ProgressEvent {

  /** The vertex it is about. */
  Digest vertex();

  /** The same news about another vertex. */
  ProgressEvent about(Digest other);

  /**
   * A vertex was announced, started, completed or failed: whatever is present is so.
   *
   * @param cached completed without being carried out
   * @param error why it failed; the vertex is then completed too
   */
  record VertexEvent(
      Digest vertex,
      List<Digest> inputs,
      String name,
      boolean cached,
      Optional<Instant> started,
      Optional<Instant> completed,
      Optional<String> error,
      Optional<ProgressGroup> group)
      implements ProgressEvent {

    public VertexEvent {
      inputs = List.copyOf(inputs);
    }

    @Override
    public VertexEvent about(Digest other) {
      return new VertexEvent(other, inputs, name, cached, started, completed, error, group);
    }
  }

  /**
   * How far a part of a vertex's work is: a download, a transfer.
   *
   * @param id tells the parts of one vertex apart; shown when the name is empty
   * @param current how much is done, in bytes unless the name says otherwise
   * @param total how much there is, 0 when unknown
   */
  record StatusEvent(
      Digest vertex,
      String id,
      String name,
      long current,
      long total,
      Instant timestamp,
      Optional<Instant> started,
      Optional<Instant> completed)
      implements ProgressEvent {

    @Override
    public StatusEvent about(Digest other) {
      return new StatusEvent(other, id, name, current, total, timestamp, started, completed);
    }
  }

  /**
   * Output of a process: a chunk as it came, not a line. The array is owned by the record.
   *
   * @param stream 1 for standard output, 2 for standard error
   */
  @SuppressWarnings("ArrayRecordComponent")
  record LogEvent(Digest vertex, Instant timestamp, int stream, byte[] data)
      implements ProgressEvent {

    @Override
    public LogEvent about(Digest other) {
      return new LogEvent(other, timestamp, stream, data);
    }
  }

  /**
   * Something the author of a build should know.
   *
   * @param level 1 is the usual one
   * @param summary one line
   * @param url where to read more, empty if nowhere
   * @param ranges lines of {@code source}
   */
  record WarningEvent(
      Digest vertex,
      int level,
      String summary,
      List<String> detail,
      String url,
      Optional<SourceFile> source,
      List<LineRange> ranges)
      implements ProgressEvent {

    public WarningEvent {
      detail = List.copyOf(detail);
      ranges = List.copyOf(ranges);
    }

    @Override
    public WarningEvent about(Digest other) {
      return new WarningEvent(other, level, summary, detail, url, source, ranges);
    }
  }
}
