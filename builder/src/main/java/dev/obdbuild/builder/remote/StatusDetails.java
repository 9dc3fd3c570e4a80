package dev.obdbuild.builder.remote;

import com.google.protobuf.Any;
import dev.obdbuild.builder.BuildFailedException;
import dev.obdbuild.builder.BuildFailedException.Place;
import dev.obdbuild.builder.session.tunnel.CallException;
import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.llb.SourceFile;
import dev.obdbuild.llb.SourceLocation.LineRange;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.MalformedDocumentException;
import dev.obdbuild.solver.Cancellation;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** What a daemon's refusal means: its code, its text and the details that come with it as JSON. */
final class StatusDetails {

  private static final String SOURCE = "errdefs.Source+json";
  private static final String VERTEX = "errdefs.Vertex+json";

  private StatusDetails() {}

  /**
   * The failure of a call; what is thrown for a cancelled or senseless one is unchecked.
   *
   * @throws CancellationException when the call was cancelled
   * @throws IllegalArgumentException when the daemon says that the request makes no sense
   */
  static IOException failure(CallException call, Address address) {
    Throwable cause = call.getCause() == null ? call : call.getCause();
    Status status = Status.fromThrowable(cause);
    String text = status.getDescription() == null ? "" : status.getDescription();
    return switch (status.getCode()) {
      case CANCELLED -> throw cancelled(call);
      case INVALID_ARGUMENT -> throw new IllegalArgumentException(text, call);
      case UNAVAILABLE -> new IOException(unavailable(address, cause, text), call);
      case UNIMPLEMENTED ->
          new IOException("the daemon at " + address + " cannot do this: " + text, call);
      case RESOURCE_EXHAUSTED, UNAUTHENTICATED, PERMISSION_DENIED, DEADLINE_EXCEEDED ->
          new IOException("the daemon at " + address + ": " + text, call);
      default -> failed(text, StatusProto.fromThrowable(cause), call);
    };
  }

  private static CancellationException cancelled(CallException call) {
    CancellationException cancelled = new CancellationException(Cancellation.MESSAGE);
    cancelled.initCause(call);
    return cancelled;
  }

  private static String unavailable(Address address, Throwable cause, String text) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String why = root == cause ? text : root.getMessage();
    return "cannot reach the daemon at " + address + ": " + why;
  }

  private static BuildFailedException failed(
      String text, com.google.rpc.@Nullable Status details, CallException call) {
    Optional<Digest> vertex = Optional.empty();
    List<Place> places = new ArrayList<>();
    String message = text;
    if (details != null) {
      message = details.getMessage();
      for (Any detail : details.getDetailsList()) {
        try {
          if (detail.getTypeUrl().endsWith(SOURCE)) {
            place(json(detail)).ifPresent(places::add);
          } else if (detail.getTypeUrl().endsWith(VERTEX)) {
            vertex = Optional.of(Digest.parse(json(detail).requiredString("digest")));
          }
        } catch (MalformedDocumentException | IllegalArgumentException e) {
          // Details only make a failure clearer: those that cannot be read must not hide it.
          call.addSuppressed(e);
        }
      }
    }
    return BuildFailedException.told(message, vertex, places, call);
  }

  private static JsonReader json(Any detail) throws MalformedDocumentException {
    return JsonReader.parse(detail.getValue().toByteArray(), detail.getTypeUrl());
  }

  private static Optional<Place> place(JsonReader source) throws MalformedDocumentException {
    Optional<JsonReader> info = source.object("info");
    List<LineRange> ranges = new ArrayList<>();
    for (JsonReader range : source.objects("ranges")) {
      int first = line(range, "start", 1);
      ranges.add(new LineRange(first, Math.max(first, line(range, "end", first))));
    }
    if (info.isEmpty() || ranges.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Place(
            new SourceFile(
                info.get().string("filename"),
                Base64.getDecoder().decode(info.get().string("data")),
                info.get().string("language")),
            ranges));
  }

  private static int line(JsonReader range, String end, int otherwise)
      throws MalformedDocumentException {
    Optional<JsonReader> position = range.object(end);
    long line = position.isEmpty() ? otherwise : position.get().integer("line", otherwise);
    return (int) Math.clamp(line, 1, Integer.MAX_VALUE);
  }
}
