package dev.obdbuild.builder.call;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.Status;
import dev.obdbuild.builder.BuildFailedException;
import dev.obdbuild.builder.attest.IncompleteMaterialsException;
import dev.obdbuild.builder.build.SourceDeniedException;
import dev.obdbuild.frontend.plan.UnsupportedException;
import dev.obdbuild.llb.SourceFile;
import dev.obdbuild.llb.SourceLocation.LineRange;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.solver.Cancellation;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Base64;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

/** Failures as BuildKit's clients understand them: a status with details in JSON. */
public final class Statuses {

  private static final String TYPES = "github.com/moby/buildkit/";
  private static final String PLACE = "errdefs.Source";
  private static final String SENSELESS = "dev.obdbuild/SenselessRequest";

  private Statuses() {}

  /** The exception that ends a call; its cause stays in this process. */
  public static StatusRuntimeException exception(Throwable failure) {
    StatusRuntimeException told = StatusProto.toStatusRuntimeException(of(failure));
    return new StatusRuntimeException(told.getStatus().withCause(failure), told.getTrailers());
  }

  /** A failure as a message. */
  public static Status of(Throwable failure) {
    return switch (failure) {
      case ReturnedException returned -> returned.status();
      case StatusRuntimeException e -> grpc(e.getStatus(), StatusProto.fromThrowable(e));
      case StatusException e -> grpc(e.getStatus(), StatusProto.fromThrowable(e));
      case CancellationException e -> plain(io.grpc.Status.Code.CANCELLED, Cancellation.MESSAGE);
      case BuildFailedException e -> detailed(e);
      case SourceDeniedException e -> denied(plain(io.grpc.Status.Code.UNKNOWN, text(e)), e);
      case UnsupportedException e -> unsupported(e);
      case IncompleteMaterialsException e -> incomplete(e);
      case NoSuchFileException e -> plain(io.grpc.Status.Code.NOT_FOUND, text(e));
      case FileAlreadyExistsException e -> plain(io.grpc.Status.Code.ALREADY_EXISTS, text(e));
      case IllegalArgumentException e -> senseless(text(e));
      case IOException e -> plain(io.grpc.Status.Code.UNKNOWN, text(e));
      default -> plain(io.grpc.Status.Code.INTERNAL, "internal error: " + failure);
    };
  }

  private static Status grpc(
      io.grpc.Status status, @org.jspecify.annotations.Nullable Status details) {
    String text = status.getDescription() == null ? status.toString() : status.getDescription();
    return details == null ? plain(status.getCode(), text) : details;
  }

  private static Status plain(io.grpc.Status.Code code, String message) {
    return Status.newBuilder().setCode(code.value()).setMessage(message).build();
  }

  /** BuildKit has no code for it, which clients would print; a detail tells those who care. */
  private static Status senseless(String message) {
    return plain(io.grpc.Status.Code.UNKNOWN, message).toBuilder()
        .addDetails(detail(SENSELESS, "{}"))
        .build();
  }

  private static String text(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }

  private static Status detailed(BuildFailedException failure) {
    Status.Builder status = plain(io.grpc.Status.Code.UNKNOWN, text(failure)).toBuilder();
    failure
        .exitCode()
        .ifPresent(
            code ->
                status.addDetails(
                    detail(
                        "github.com/moby/buildkit/frontend/gateway/pb.ExitMessage",
                        "{\"Code\":" + code + "}")));
    failure
        .vertex()
        .ifPresent(
            vertex ->
                status.addDetails(
                    detail(
                        TYPES + "errdefs.Vertex",
                        "{\"digest\":" + JsonWriter.text(vertex.toString()) + "}")));
    failure.places().forEach(place -> status.addDetails(detail(TYPES + PLACE, json(place))));
    return denied(status.build(), failure);
  }

  /** With what a policy that forbids a source has to say. */
  private static Status denied(Status status, Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof SourceDeniedException denied && !denied.reasons().isEmpty()) {
        return status.toBuilder()
            .addDetails(
                detail(
                    TYPES + "policysession.DecisionResponse",
                    denied.reasons().stream()
                        .map(reason -> "{\"message\":" + JsonWriter.text(reason) + "}")
                        .collect(
                            Collectors.joining(
                                ",", "{\"action\":\"DENY\",\"denyMessages\":[", "]}"))))
            .build();
      }
    }
    return status;
  }

  private static Status incomplete(IncompleteMaterialsException failure) {
    String folders =
        failure.folders().stream()
            .map(name -> "{\"name\":" + JsonWriter.text(name) + ",\"reason\":\"local_source\"}")
            .collect(Collectors.joining(",", "{\"incomplete\":[", "]}"));
    return plain(io.grpc.Status.Code.UNKNOWN, text(failure)).toBuilder()
        .addDetails(detail(TYPES + "errdefs.ProvenanceMaterialsIncomplete", folders))
        .build();
  }

  private static Status unsupported(UnsupportedException failure) {
    String type =
        switch (failure.kind()) {
          case REQUEST -> "errdefs.Subrequest";
          case CAPABILITY -> "errdefs.FrontendCap";
        };
    io.grpc.Status.Code code =
        switch (failure.kind()) {
          case REQUEST -> io.grpc.Status.Code.UNKNOWN;
          case CAPABILITY -> io.grpc.Status.Code.UNIMPLEMENTED;
        };
    return plain(code, text(failure)).toBuilder()
        .addDetails(detail(TYPES + type, "{\"name\":" + JsonWriter.text(failure.name()) + "}"))
        .build();
  }

  /** Whether a status says that the request made no sense. */
  public static boolean isSenseless(Status status) {
    return status.getDetailsList().stream()
        .anyMatch(detail -> detail.getTypeUrl().equals(SENSELESS + "+json"));
  }

  /** Whether a detail says which lines of a file are to blame. */
  static boolean isPlace(Any detail) {
    return detail.getTypeUrl().equals(TYPES + PLACE + "+json");
  }

  private static Any detail(String type, String json) {
    return Any.newBuilder()
        .setTypeUrl(type + "+json")
        .setValue(ByteString.copyFrom(json, StandardCharsets.UTF_8))
        .build();
  }

  private static String json(BuildFailedException.Place place) {
    SourceFile file = place.file();
    return "{\"info\":{\"filename\":"
        + JsonWriter.text(file.name())
        + ",\"data\":\""
        + Base64.getEncoder().encodeToString(file.data())
        + "\",\"language\":"
        + JsonWriter.text(file.language())
        + "},\"ranges\":["
        + place.ranges().stream().map(Statuses::json).collect(Collectors.joining(","))
        + "]}";
  }

  private static String json(LineRange range) {
    return "{\"start\":{\"line\":" + range.first() + "},\"end\":{\"line\":" + range.last() + "}}";
  }
}
