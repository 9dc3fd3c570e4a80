package dev.obdbuild.builder.history;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import dev.obdbuild.llb.SourceLocation.LineRange;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.control.Vertex;
import dev.obdbuild.protos.control.VertexLog;
import dev.obdbuild.protos.control.VertexStatus;
import dev.obdbuild.protos.control.VertexWarning;
import dev.obdbuild.protos.pb.Position;
import dev.obdbuild.protos.pb.ProgressGroup;
import dev.obdbuild.protos.pb.Range;
import dev.obdbuild.protos.pb.SourceInfo;
import dev.obdbuild.solver.progress.ProgressEvent.LogEvent;
import dev.obdbuild.solver.progress.ProgressEvent.StatusEvent;
import dev.obdbuild.solver.progress.ProgressEvent.VertexEvent;
import dev.obdbuild.solver.progress.ProgressEvent.WarningEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Progress events to the messages of {@code StatusResponse}. */
final class StatusMessages {

  /** A client's receive limit is 16 MiB for a whole message. */
  static final int MOST_LOG_BYTES = 256 << 10;

  private StatusMessages() {}

  static Vertex vertex(VertexEvent event) {
    var vertex =
        Vertex.newBuilder()
            .setDigest(event.vertex().toString())
            .setName(event.name())
            .setCached(event.cached());
    for (Digest input : event.inputs()) {
      vertex.addInputs(input.toString());
    }
    event.started().ifPresent(time -> vertex.setStarted(timestamp(time)));
    event.completed().ifPresent(time -> vertex.setCompleted(timestamp(time)));
    event.error().ifPresent(vertex::setError);
    event
        .group()
        .ifPresent(
            group ->
                vertex.setProgressGroup(
                    ProgressGroup.newBuilder()
                        .setId(group.id())
                        .setName(group.name())
                        .setWeak(group.weak())));
    return vertex.build();
  }

  static VertexStatus status(StatusEvent event) {
    var status =
        VertexStatus.newBuilder()
            .setID(event.id())
            .setVertex(event.vertex().toString())
            .setName(event.name())
            .setCurrent(event.current())
            .setTotal(event.total())
            .setTimestamp(timestamp(event.timestamp()));
    event.started().ifPresent(time -> status.setStarted(timestamp(time)));
    event.completed().ifPresent(time -> status.setCompleted(timestamp(time)));
    return status.build();
  }

  /** One log message, or several when the chunk is too large for one. */
  static List<VertexLog> logs(LogEvent event) {
    ByteString all = UnsafeByteOperations.unsafeWrap(event.data());
    List<VertexLog> logs = new ArrayList<>();
    int at = 0;
    do {
      int end = Math.min(all.size(), at + MOST_LOG_BYTES);
      logs.add(
          VertexLog.newBuilder()
              .setVertex(event.vertex().toString())
              .setTimestamp(timestamp(event.timestamp()))
              .setStream(event.stream())
              .setMsg(all.substring(at, end))
              .build());
      at = end;
    } while (at < all.size());
    return logs;
  }

  static VertexWarning warning(WarningEvent event) {
    var warning =
        VertexWarning.newBuilder()
            .setVertex(event.vertex().toString())
            .setLevel(event.level())
            .setShort(ByteString.copyFromUtf8(event.summary()))
            .setUrl(event.url());
    event.detail().forEach(line -> warning.addDetail(ByteString.copyFromUtf8(line)));
    event
        .source()
        .ifPresent(
            file ->
                warning.setInfo(
                    SourceInfo.newBuilder()
                        .setFilename(file.name())
                        .setData(ByteString.copyFrom(file.data()))
                        .setLanguage(file.language())));
    for (LineRange range : event.ranges()) {
      warning.addRanges(
          Range.newBuilder()
              .setStart(Position.newBuilder().setLine(range.first()))
              .setEnd(Position.newBuilder().setLine(range.last())));
    }
    return warning.build();
  }

  static Timestamp timestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
