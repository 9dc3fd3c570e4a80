package dev.obdbuild.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.CancellationSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class CancellableCallTest {

  @Test
  void aCancellationInterruptsTheWorkAndNothingElse() throws Exception {
    try (CancellationSource source = new CancellationSource()) {
      CountDownLatch never = new CountDownLatch(1);
      Thread canceller = Thread.ofPlatform().unstarted(source::cancel);
      assertThatExceptionOfType(CancellationException.class)
          .isThrownBy(
              () ->
                  CancellableCall.run(
                      source,
                      () -> {
                        canceller.start();
                        try {
                          never.await();
                          return "ended";
                        } catch (InterruptedException e) {
                          throw (IOException) new InterruptedIOException().initCause(e);
                        }
                      }));
      canceller.join();
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
  }

  @Test
  void otherFailuresComeAsTheyAre() throws IOException {
    assertThatIOException()
        .isThrownBy(
            () ->
                CancellableCall.run(
                    Cancellation.never(),
                    () -> {
                      throw new IOException("broken");
                    }))
        .withMessage("broken");
    assertThat(CancellableCall.run(Cancellation.never(), () -> "done")).isEqualTo("done");
  }
}
