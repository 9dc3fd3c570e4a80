package dev.obdbuild.builder.progress;

import dev.obdbuild.solver.progress.ProgressEvent;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A view of the whole build that is drawn again in place. The last drawing stays, complete,
 * whatever the height of the terminal.
 */
final class LiveRenderer implements Renderer {

  private static final String HIDE_CURSOR = "\u001b[?25l";
  private static final String SHOW_CURSOR = "\u001b[?25h";
  private static final String CLEAR_BELOW = "\u001b[J";
  private static final Duration SIZE_IS_ASKED_EVERY = Duration.ofSeconds(3);

  private final PrintStream out;
  private final Screen screen;
  private final Trace trace = new Trace();
  private Screen.Size size;
  private Instant sizeAskedAt;
  private Instant begin = Instant.MAX;
  private int linesDrawn;

  LiveRenderer(Screen screen) {
    this.screen = screen;
    this.out = screen.out();
    this.size = screen.size().get();
    this.sizeAskedAt = Instant.MAX;
  }

  @Override
  public void update(List<ProgressEvent> events, Instant now) {
    events.forEach(e -> trace.apply(e, now));
    if (trace.steps().isEmpty()) {
      return;
    }
    if (begin.equals(Instant.MAX)) {
      begin = now;
      sizeAskedAt = now;
    }
    if (Duration.between(sizeAskedAt, now).compareTo(SIZE_IS_ASKED_EVERY) > 0) {
      size = screen.size().get();
      sizeAskedAt = now;
    }
    LiveFrame frame = new LiveFrame(size.columns(), screen.colour());
    draw(frame.lines(trace, begin, now, size.rows() - 1));
  }

  @Override
  public void finish(Instant now) {
    if (!trace.steps().isEmpty()) {
      trace.steps().forEach(s -> s.log().flush());
      LiveFrame frame = new LiveFrame(size.columns(), screen.colour());
      draw(frame.finalLines(trace, begin, now));
      out.print(SHOW_CURSOR);
    }
    trace.failed().forEach(step -> Failure.of(step).print(out));
    out.flush();
  }

  private void draw(List<String> lines) {
    StringBuilder frame = new StringBuilder(HIDE_CURSOR);
    if (linesDrawn > 0) {
      frame.append("\u001b[").append(linesDrawn).append('A');
    }
    frame.append('\r').append(CLEAR_BELOW);
    lines.forEach(line -> frame.append(line).append('\n'));
    out.print(frame);
    out.flush();
    linesDrawn = lines.size();
  }
}
