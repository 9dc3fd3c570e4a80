package dev.obdbuild.builder.remote;

import dev.obdbuild.builder.session.tunnel.CallException;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.builder.wire.Address;
import java.io.IOException;
import java.util.function.Consumer;

/** Waits for what a daemon answers, and says what its refusals mean. */
final class Answers {

  private Answers() {}

  /** The one answer of a call. */
  static <A> A one(Duplex<?, A> call, Address address) throws IOException {
    A answer = next(call, address);
    if (answer == null) {
      throw new IOException("the daemon at " + address + " ended a call without an answer");
    }
    return answer;
  }

  /** All answers of a call, as they come. */
  static <A> void each(Duplex<?, A> call, Address address, Consumer<A> taker) throws IOException {
    for (A answer = next(call, address); answer != null; answer = next(call, address)) {
      taker.accept(answer);
    }
  }

  private static <A> @org.jspecify.annotations.Nullable A next(Duplex<?, A> call, Address address)
      throws IOException {
    try {
      return call.receive(Duplex.FOREVER);
    } catch (CallException e) {
      throw StatusDetails.failure(e, address);
    }
  }
}
