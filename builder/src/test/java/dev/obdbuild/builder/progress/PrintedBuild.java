package dev.obdbuild.builder.progress;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.solver.progress.ProgressEvent.LogEvent;
import dev.obdbuild.solver.progress.ProgressEvent.StatusEvent;
import dev.obdbuild.solver.progress.ProgressEvent.VertexEvent;
import dev.obdbuild.solver.progress.ProgressEvent.WarningEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what BuildKit printed for a build back into the events that it was printed from. */
final class PrintedBuild {

  private static final Pattern LINE = Pattern.compile("#(\\d+) (.*)");
  private static final Pattern LOG = Pattern.compile("(\\d+\\.\\d{3}) (.*)");
  private static final Pattern STATUS =
      Pattern.compile("(.*?)(?: ([0-9.]+k?M?B)(?: / ([0-9.]+k?M?B))?)?(?: ([0-9.]+)s)? done");

  private final Map<String, VertexEvent> vertices = new HashMap<>();
  private final List<List<ProgressEvent>> batches = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-23T03:50:00Z");

  /** The text of every case of a file of progress texts, by its name. */
  static Map<String, String> cases(String file) {
    Map<String, String> out = new HashMap<>();
    for (String part : file.split("(?m)^=== ")) {
      int newline = part.indexOf('\n');
      if (newline > 0) {
        String body = part.substring(newline + 1);
        int end = body.indexOf("\nrc=");
        out.put(part.substring(0, newline), end < 0 ? body : body.substring(0, end + 1));
      }
    }
    return out;
  }

  /** The numbered lines of a text, with the empty lines between their blocks. */
  static String numbered(String text) {
    StringBuilder out = new StringBuilder();
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      boolean between = lines[i].isEmpty() && i + 1 < lines.length && lines[i + 1].startsWith("#");
      if (LINE.matcher(lines[i]).matches() || between) {
        out.append(lines[i]).append('\n');
      }
    }
    return out.toString();
  }

  /** Batches of events, one for each block of lines. */
  static List<List<ProgressEvent>> events(String numbered) {
    PrintedBuild build = new PrintedBuild();
    for (String block : numbered.split("\n\n")) {
      build.block(block.split("\n"));
    }
    return build.batches;
  }

  private void block(String[] lines) {
    List<ProgressEvent> batch = new ArrayList<>();
    Matcher first = match(LINE, lines[0]);
    String number = first.group(1);
    Instant start = now;
    VertexEvent vertex = start(number, first.group(2), start);
    batch.add(vertex);
    for (int i = 1; i < lines.length; i++) {
      String text = match(LINE, lines[i]).group(2);
      ProgressEvent event = event(vertex, text, start);
      if (event != null) {
        batch.add(event);
      }
      if (event instanceof StatusEvent status && status.completed().isEmpty()) {
        // It is printed open, so it was open when it was printed.
        batches.add(batch);
        batch = new ArrayList<>();
      }
    }
    batches.add(batch);
    now = now.plus(Duration.ofMillis(100));
  }

  private VertexEvent start(String number, String name, Instant at) {
    Digest digest = Digest.sha256(number.getBytes(StandardCharsets.UTF_8));
    VertexEvent known = vertices.get(number);
    Instant since =
        known != null && known.completed().isEmpty() ? known.started().orElseThrow() : at;
    VertexEvent vertex = vertex(digest, name, false, since, Optional.empty(), Optional.empty());
    vertices.put(number, vertex);
    return vertex;
  }

  private @Nullable ProgressEvent event(VertexEvent of, String text, Instant start) {
    Digest digest = of.vertex();
    Instant since = of.started().orElseThrow();
    if (text.equals("...")) {
      // The next block interrupts this one before it has completed.
      return null;
    }
    if (text.equals("CACHED")) {
      return end(of, true, since, Optional.empty());
    }
    if (text.startsWith("ERROR: ")) {
      return end(of, false, since, Optional.of(text.substring(7)));
    }
    if (text.startsWith("DONE ")) {
      return end(
          of, false, since.plus(seconds(text.substring(5, text.length() - 1))), Optional.empty());
    }
    if (text.startsWith("WARN: ")) {
      return new WarningEvent(
          digest, 1, text.substring(6), List.of(), "", Optional.empty(), List.of());
    }
    Matcher log = LOG.matcher(text);
    if (log.matches()) {
      byte[] data = (log.group(2) + "\n").getBytes(StandardCharsets.UTF_8);
      return new LogEvent(digest, since.plus(seconds(log.group(1))), 1, data);
    }
    if (text.equals("merging")) {
      return new StatusEvent(digest, text, "", 0, 0, start, Optional.of(start), Optional.empty());
    }
    Matcher status = match(STATUS, text);
    Instant end =
        status.group(4) == null ? start : start.plus(seconds(status.group(4))).plusMillis(20);
    return new StatusEvent(
        digest,
        status.group(1),
        "",
        bytes(status.group(2)),
        bytes(status.group(3)),
        end,
        Optional.of(start),
        Optional.of(end));
  }

  private VertexEvent end(VertexEvent of, boolean cached, Instant at, Optional<String> error) {
    VertexEvent end =
        vertex(of.vertex(), of.name(), cached, of.started().orElseThrow(), Optional.of(at), error);
    vertices.values().removeIf(v -> v.vertex().equals(of.vertex()));
    return end;
  }

  private static VertexEvent vertex(
      Digest digest,
      String name,
      boolean cached,
      Instant start,
      Optional<Instant> end,
      Optional<String> error) {
    return new VertexEvent(
        digest, List.of(), name, cached, Optional.of(start), end, error, Optional.empty());
  }

  private static Duration seconds(String text) {
    return Duration.ofMillis(Math.round(Double.parseDouble(text) * 1000));
  }

  private static long bytes(@Nullable String text) {
    if (text == null) {
      return 0;
    }
    double unit = text.endsWith("kB") ? 1e3 : text.endsWith("MB") ? 1e6 : 1;
    return Math.round(Double.parseDouble(text.replaceAll("[kM]?B", "")) * unit);
  }

  private static Matcher match(Pattern pattern, String text) {
    Matcher m = pattern.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException("a line of another form: " + text);
    }
    return m;
  }
}
