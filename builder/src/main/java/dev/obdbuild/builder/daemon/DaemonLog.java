package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.config.LogLevel;
import dev.obdbuild.oci.json.JsonWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * What the daemon tells whoever started it: one line an event, as text or as JSON. Of builds it
 * tells nothing; their logs belong to their clients. Thread-safe.
 */
public final class DaemonLog {

  private final PrintStream out;
  private final Clock clock;
  private final boolean json;
  private final LogLevel most;

  /**
   * Writes to a stream, which it does not close.
   *
   * @param json one object a line instead of text
   * @param most what it tells
   */
  public DaemonLog(PrintStream out, Clock clock, boolean json, LogLevel most) {
    this.out = out;
    this.clock = clock;
    this.json = json;
    this.most = most;
  }

  /** Something that happens as it should. */
  public void info(String message) {
    line(LogLevel.INFO, message);
  }

  /** Something that the daemon gets over, and its owner should know. */
  public void warn(String message) {
    line(LogLevel.WARNING, message);
  }

  /** Something that explains what the daemon does. */
  void debug(String message) {
    line(LogLevel.DEBUG, message);
  }

  /** A call that failed by the fault of its client or of the world: told with everything only. */
  void failed(String call, Throwable failure) {
    if (most.tells(LogLevel.DEBUG)) {
      line(LogLevel.DEBUG, call + " failed: " + trace(failure));
    }
  }

  /** A call that failed by the daemon's own fault: always told, with its trace. */
  void broken(String call, Throwable failure) {
    line(LogLevel.ERROR, call + " failed: " + trace(failure));
  }

  private static String trace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString().strip();
  }

  private void line(LogLevel said, String message) {
    if (!most.tells(said)) {
      return;
    }
    String level = said.name().toLowerCase(Locale.ROOT);
    String time = clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
    out.println(
        json
            ? "{\"time\":%s,\"level\":%s,\"msg\":%s}"
                .formatted(JsonWriter.text(time), JsonWriter.text(level), JsonWriter.text(message))
            : time + " " + level + ": " + message);
  }
}
