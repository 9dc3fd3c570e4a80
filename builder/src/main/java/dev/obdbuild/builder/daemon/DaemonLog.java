package dev.obdbuild.builder.daemon;

import dev.obdbuild.oci.json.JsonWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/**
 * What the daemon tells whoever started it: one line an event, as text or as JSON. Of builds it
 * tells nothing; their logs belong to their clients. Thread-safe.
 */
public final class DaemonLog {

  private final PrintStream out;
  private final Clock clock;
  private final boolean json;
  private final boolean traces;

  /**
   * Writes to a stream, which it does not close.
   *
   * @param json one object a line instead of text
   * @param traces whether failures come with their stack traces
   */
  public DaemonLog(PrintStream out, Clock clock, boolean json, boolean traces) {
    this.out = out;
    this.clock = clock;
    this.json = json;
    this.traces = traces;
  }

  /** Something that happens as it should. */
  public void info(String message) {
    line("info", message);
  }

  /** Something that the daemon gets over, and its owner should know. */
  public void warn(String message) {
    line("warning", message);
  }

  /** Something that explains what the daemon does: told when traces are asked. */
  void debug(String message) {
    if (traces) {
      line("debug", message);
    }
  }

  /** A call that failed by the fault of its client or of the world: told when traces are asked. */
  void failed(String call, Throwable failure) {
    if (traces) {
      line("debug", call + " failed: " + trace(failure));
    }
  }

  /** A call that failed by the daemon's own fault: always told, with its trace. */
  void broken(String call, Throwable failure) {
    line("error", call + " failed: " + trace(failure));
  }

  private static String trace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString().strip();
  }

  private void line(String level, String message) {
    String time = clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
    out.println(
        json
            ? "{\"time\":%s,\"level\":%s,\"msg\":%s}"
                .formatted(JsonWriter.text(time), JsonWriter.text(level), JsonWriter.text(message))
            : time + " " + level + ": " + message);
  }
}
