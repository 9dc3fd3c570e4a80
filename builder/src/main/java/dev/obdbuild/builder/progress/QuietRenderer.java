package dev.obdbuild.builder.progress;

import dev.obdbuild.solver.progress.ProgressEvent;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;

/** Shows nothing while all goes well, and in the end what failed. */
final class QuietRenderer implements Renderer {

  private final PrintStream out;
  private final Trace trace = new Trace();

  QuietRenderer(PrintStream out) {
    this.out = out;
  }

  @Override
  public void update(List<ProgressEvent> events, Instant now) {
    events.forEach(e -> trace.apply(e, now));
  }

  @Override
  public void finish(Instant now) {
    for (Step step : trace.failed()) {
      step.log().flush();
      Failure.of(step).print(out);
    }
    out.flush();
  }
}
