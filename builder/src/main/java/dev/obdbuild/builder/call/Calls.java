package dev.obdbuild.builder.call;

import dev.obdbuild.solver.Cancellation;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Optional;

/** How service methods are carried out: blocking, each call on a virtual thread of its own. */
public final class Calls {

  private Calls() {}

  /** What a call with one answer does. */
  @FunctionalInterface
  public interface Unary<T> {
    T answer(Cancellation cancellation) throws Exception;
  }

  /** What a call with many answers does; it ends when this returns. */
  @FunctionalInterface
  public interface Streaming<T> {
    void answer(Outgoing<T> out) throws Exception;
  }

  /** Where the answers of a call come from. */
  @FunctionalInterface
  public interface Source<T> {
    /** The next one; empty at the end. May block. */
    Optional<T> next() throws IOException, InterruptedException;
  }

  /** Answers a call once. To be called while the service's method runs. */
  public static <T> void unary(StreamObserver<T> out, Unary<T> work) {
    stream(out, answers -> answers.send(work.answer(answers.cancellation())));
  }

  /** Answers a call any number of times. To be called while the service's method runs. */
  public static <T> void stream(StreamObserver<T> out, Streaming<T> work) {
    Outgoing<T> answers = new Outgoing<>((ServerCallStreamObserver<T>) out);
    Thread.ofVirtual().name("call").start(Context.current().wrap(() -> run(answers, work)));
  }

  private static <T> void run(Outgoing<T> answers, Streaming<T> work) {
    try {
      work.answer(answers);
    } catch (Exception e) {
      answers.end(e);
      return;
    } catch (Error e) {
      answers.end(e);
      throw e;
    }
    answers.end();
  }

  /** Sends all that a source gives. */
  public static <T> void sendAll(Outgoing<T> out, Source<T> source)
      throws IOException, InterruptedException {
    for (Optional<T> next = source.next(); next.isPresent(); next = source.next()) {
      out.send(next.get());
    }
  }
}
