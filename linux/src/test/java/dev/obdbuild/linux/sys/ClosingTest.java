package dev.obdbuild.linux.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClosingTest {
  private final List<String> closed = new ArrayList<>();
  private final Closing closing = new Closing();

  private AutoCloseable part(String name) {
    return () -> closed.add(name);
  }

  private AutoCloseable failing(String name, Exception e) {
    return () -> {
      closed.add(name);
      throw e;
    };
  }

  @Test
  void theLastIsClosedFirstAndEachOnce() throws IOException {
    closing.add(part("a"));
    closing.add(part("b"));
    closing.close();
    closing.close();
    assertThat(closed).containsExactly("b", "a");
  }

  @Test
  void whatFailsKeepsNothingOpenAndTheFirstFailureCarriesTheOthers() {
    IOException later = new IOException("later");
    IllegalStateException earlier = new IllegalStateException("earlier");
    closing.add(part("a"));
    closing.add(failing("b", later));
    closing.add(failing("c", earlier));
    assertThatThrownBy(closing::close)
        .isInstanceOf(IOException.class)
        .hasCause(earlier)
        .hasSuppressedException(later);
    assertThat(closed).containsExactly("c", "b", "a");
  }

  @Test
  void whatWasGivenBackStaysOpen() throws IOException {
    AutoCloseable kept = closing.add(part("kept"));
    closing.add(part("a"));
    closing.remove(kept);
    closing.close();
    assertThat(closed).containsExactly("a");
  }

  @Test
  void aReasonGetsWhatGoesWrongMeanwhile() {
    IOException failure = new IOException("closing");
    IOException reason = new IOException("reason");
    closing.add(failing("a", failure));
    closing.closeAfter(reason);
    assertThat(reason).hasSuppressedException(failure);
  }

  @Test
  void aFailureThatSticksIsNotAddedToItself() {
    IOException sticky = new IOException("sticky");
    closing.add(failing("a", sticky));
    closing.closeAfter(sticky);
    assertThat(sticky.getSuppressed()).isEmpty();
  }

  @Test
  void anInterruptIsKept() {
    closing.add(failing("a", new InterruptedException()));
    assertThatThrownBy(closing::close).hasCauseInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
