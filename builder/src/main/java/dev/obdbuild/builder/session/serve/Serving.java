package dev.obdbuild.builder.session.serve;

import dev.obdbuild.builder.session.tunnel.CallException;
import dev.obdbuild.builder.session.tunnel.Duplex;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;

/** Runs a call's work on a thread of its own, and tells the caller what came of it. */
final class Serving {
  private Serving() {}

  /** The work of one bidirectional call. */
  @FunctionalInterface
  interface Conversation<O, I> {
    void run(Duplex<O, I> call) throws IOException;
  }

  /** Serves a bidirectional call; to be called while the service's method for it runs. */
  static <O, I> StreamObserver<I> conversation(
      String what, int window, StreamObserver<O> out, Conversation<O, I> work) {
    Duplex<O, I> call = Duplex.serving(what, window, (ServerCallStreamObserver<O>) out);
    Thread.ofVirtual()
        .name("session-call")
        .start(
            () -> {
              try {
                work.run(call);
                call.finish();
              } catch (IOException | RuntimeException e) {
                call.abort(status(e));
              }
            });
    return call;
  }

  /** Answers a call that has one answer, on the calling thread. */
  static <O> void answer(StreamObserver<O> out, Callable<O> work) {
    O answer;
    try {
      answer = work.call();
    } catch (Exception e) {
      out.onError(status(e).asRuntimeException());
      return;
    }
    out.onNext(answer);
    out.onCompleted();
  }

  static Status status(Exception failure) {
    String text = String.valueOf(failure.getMessage());
    return switch (failure) {
      case StatusRuntimeException e -> e.getStatus();
      case CallException e -> Status.fromCode(e.code()).withDescription(text);
      case NoSuchFileException e -> Status.NOT_FOUND.withDescription(text + ": not found");
      case FileAlreadyExistsException e ->
          Status.ALREADY_EXISTS.withDescription(text + ": already exists");
      case IllegalArgumentException e -> Status.INVALID_ARGUMENT.withDescription(text);
      default -> Status.UNKNOWN.withDescription(text);
    };
  }
}
