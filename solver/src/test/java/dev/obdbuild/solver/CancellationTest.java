package dev.obdbuild.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

final class CancellationTest {

  private final List<String> ran = new ArrayList<>();

  @Test
  void actionsRunOnceInOrderWhenItComes() {
    try (CancellationSource source = new CancellationSource()) {
      source.onCancel(() -> ran.add("one"));
      source.onCancel(() -> ran.add("two"));
      assertThat(ran).isEmpty();
      source.cancel();
      source.cancel();
      assertThat(ran).containsExactly("one", "two");
    }
  }

  @Test
  void anActionThatWasWithdrawnDoesNotRun() {
    try (CancellationSource source = new CancellationSource()) {
      source.onCancel(() -> ran.add("one")).close();
      source.cancel();
      assertThat(ran).isEmpty();
    }
  }

  @Test
  void anActionRegisteredLateRunsAtOnce() {
    try (CancellationSource source = new CancellationSource()) {
      source.cancel();
      source.onCancel(() -> ran.add("late"));
      assertThat(ran).containsExactly("late");
      assertThatThrownBy(source::throwIfCancelled)
          .isInstanceOf(CancellationException.class)
          .hasMessage("context canceled");
    }
  }

  @Test
  void whatIsBelowComesWithWhatIsAboveAndNotTheOtherWay() {
    try (CancellationSource above = new CancellationSource();
        CancellationSource one = new CancellationSource(above);
        CancellationSource two = new CancellationSource(above)) {
      one.cancel();
      assertThatCode(above::throwIfCancelled).doesNotThrowAnyException();
      above.cancel();
      assertThat(two.isCancelled()).isTrue();
    }
  }
}
