package dev.obdbuild.builder.progress;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.solver.progress.ProgressEvent.LogEvent;
import dev.obdbuild.solver.progress.ProgressEvent.StatusEvent;
import dev.obdbuild.solver.progress.ProgressEvent.VertexEvent;
import dev.obdbuild.solver.progress.ProgressEvent.WarningEvent;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * One JSON object per line, with the lists {@code vertexes}, {@code statuses}, {@code logs} and
 * {@code warnings} that BuildKit's clients write with {@code --progress=rawjson}. Bytes are base64.
 */
final class JsonRenderer implements Renderer {

  private final PrintStream out;

  JsonRenderer(PrintStream out) {
    this.out = out;
  }

  @Override
  public void update(List<ProgressEvent> events, Instant now) {
    if (events.isEmpty()) {
      return;
    }
    List<JsonWriter> vertexes = new ArrayList<>();
    List<JsonWriter> statuses = new ArrayList<>();
    List<JsonWriter> logs = new ArrayList<>();
    List<JsonWriter> warnings = new ArrayList<>();
    for (ProgressEvent event : events) {
      switch (event) {
        case VertexEvent vertex -> vertexes.add(json(vertex));
        case StatusEvent status -> statuses.add(json(status));
        case LogEvent log -> logs.add(json(log));
        case WarningEvent warning -> warnings.add(json(warning));
      }
    }
    JsonWriter line = new JsonWriter();
    list(line, "vertexes", vertexes);
    list(line, "statuses", statuses);
    list(line, "logs", logs);
    list(line, "warnings", warnings);
    out.println(line);
    out.flush();
  }

  @Override
  public void finish(Instant now) {
    out.flush();
  }

  private static void list(JsonWriter line, String key, List<JsonWriter> values) {
    if (!values.isEmpty()) {
      line.objects(key, values);
    }
  }

  private static JsonWriter json(VertexEvent vertex) {
    JsonWriter out =
        new JsonWriter()
            .string("digest", vertex.vertex().toString())
            .strings("inputs", vertex.inputs().stream().map(Digest::toString).toList())
            .string("name", vertex.name());
    vertex.started().ifPresent(t -> out.string("started", t.toString()));
    vertex.completed().ifPresent(t -> out.string("completed", t.toString()));
    out.bool("cached", vertex.cached());
    vertex.error().ifPresent(e -> out.string("error", e));
    vertex
        .group()
        .ifPresent(
            g ->
                out.object(
                    "progressGroup",
                    new JsonWriter()
                        .string("id", g.id())
                        .string("name", g.name())
                        .bool("weak", g.weak())));
    return out;
  }

  private static JsonWriter json(StatusEvent status) {
    JsonWriter out =
        new JsonWriter()
            .string("id", status.id())
            .string("vertex", status.vertex().toString())
            .string("name", status.name())
            .integer("total", status.total())
            .alwaysInteger("current", status.current())
            .string("timestamp", status.timestamp().toString());
    status.started().ifPresent(t -> out.string("started", t.toString()));
    status.completed().ifPresent(t -> out.string("completed", t.toString()));
    return out;
  }

  private static JsonWriter json(LogEvent log) {
    return new JsonWriter()
        .string("vertex", log.vertex().toString())
        .integer("stream", log.stream())
        .string("data", Base64.getEncoder().encodeToString(log.data()))
        .string("timestamp", log.timestamp().toString());
  }

  private static JsonWriter json(WarningEvent warning) {
    JsonWriter out =
        new JsonWriter()
            .string("vertex", warning.vertex().toString())
            .integer("level", warning.level())
            .string("short", base64(warning.summary()))
            .strings("detail", warning.detail().stream().map(JsonRenderer::base64).toList())
            .string("url", warning.url());
    warning
        .source()
        .ifPresent(s -> out.object("sourceInfo", new JsonWriter().string("filename", s.name())));
    List<JsonWriter> ranges =
        warning.ranges().stream()
            .map(r -> new JsonWriter().object("start", at(r.first())).object("end", at(r.last())))
            .toList();
    list(out, "range", ranges);
    return out;
  }

  private static JsonWriter at(int line) {
    return new JsonWriter().integer("line", line);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
