package dev.obdbuild.builder.remote;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.obdbuild.llb.ProgressGroup;
import dev.obdbuild.llb.SourceFile;
import dev.obdbuild.llb.SourceLocation.LineRange;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.control.StatusResponse;
import dev.obdbuild.protos.control.Vertex;
import dev.obdbuild.protos.control.VertexLog;
import dev.obdbuild.protos.control.VertexStatus;
import dev.obdbuild.protos.control.VertexWarning;
import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.solver.progress.ProgressEvent.LogEvent;
import dev.obdbuild.solver.progress.ProgressEvent.StatusEvent;
import dev.obdbuild.solver.progress.ProgressEvent.VertexEvent;
import dev.obdbuild.solver.progress.ProgressEvent.WarningEvent;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The messages of {@code Control.Status} as progress events. */
final class StatusEvents {

  private StatusEvents() {}

  /**
   * All events of a message, vertices first.
   *
   * @throws IllegalArgumentException when a digest or a time is none
   */
  static List<ProgressEvent> of(StatusResponse message) {
    List<ProgressEvent> events = new ArrayList<>();
    message.getVertexesList().forEach(vertex -> events.add(vertex(vertex)));
    message.getStatusesList().forEach(status -> events.add(status(status)));
    message.getLogsList().forEach(log -> events.add(log(log)));
    message.getWarningsList().forEach(warning -> events.add(warning(warning)));
    return events;
  }

  private static VertexEvent vertex(Vertex vertex) {
    return new VertexEvent(
        Digest.parse(vertex.getDigest()),
        vertex.getInputsList().stream().map(Digest::parse).toList(),
        vertex.getName(),
        vertex.getCached(),
        vertex.hasStarted() ? Optional.of(time(vertex.getStarted())) : Optional.empty(),
        vertex.hasCompleted() ? Optional.of(time(vertex.getCompleted())) : Optional.empty(),
        Optional.of(vertex.getError()).filter(error -> !error.isEmpty()),
        vertex.hasProgressGroup()
            ? Optional.of(
                new ProgressGroup(
                    vertex.getProgressGroup().getId(),
                    vertex.getProgressGroup().getName(),
                    vertex.getProgressGroup().getWeak()))
            : Optional.empty());
  }

  private static StatusEvent status(VertexStatus status) {
    return new StatusEvent(
        Digest.parse(status.getVertex()),
        status.getID(),
        status.getName(),
        status.getCurrent(),
        status.getTotal(),
        time(status.getTimestamp()),
        status.hasStarted() ? Optional.of(time(status.getStarted())) : Optional.empty(),
        status.hasCompleted() ? Optional.of(time(status.getCompleted())) : Optional.empty());
  }

  private static LogEvent log(VertexLog log) {
    return new LogEvent(
        Digest.parse(log.getVertex()),
        time(log.getTimestamp()),
        Math.toIntExact(log.getStream()),
        log.getMsg().toByteArray());
  }

  private static WarningEvent warning(VertexWarning warning) {
    Optional<SourceFile> file =
        warning.hasInfo()
            ? Optional.of(
                new SourceFile(
                    warning.getInfo().getFilename(),
                    warning.getInfo().getData().toByteArray(),
                    warning.getInfo().getLanguage()))
            : Optional.empty();
    return new WarningEvent(
        Digest.parse(warning.getVertex()),
        Math.toIntExact(warning.getLevel()),
        warning.getShort().toStringUtf8(),
        warning.getDetailList().stream().map(ByteString::toStringUtf8).toList(),
        warning.getUrl(),
        file,
        warning.getRangesList().stream()
            .map(range -> new LineRange(range.getStart().getLine(), range.getEnd().getLine()))
            .toList());
  }

  private static Instant time(Timestamp time) {
    try {
      return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("a time of " + time.getSeconds() + " s", e);
    }
  }
}
