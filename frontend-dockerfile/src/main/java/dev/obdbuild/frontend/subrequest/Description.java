package dev.obdbuild.frontend.subrequest;

import dev.obdbuild.oci.json.JsonWriter;
import java.util.List;
import java.util.SortedMap;

/** Which questions can be asked. Checks answer too, but BuildKit does not list them either. */
public final class Description {
  private static final String PREFIX = "frontend.";

  private record Request(String name, String options, String description) {}

  private static final List<Request> REQUESTS =
      List.of(
          new Request(
              "outline",
              "[{\"name\":\"target\",\"description\":\"Target build stage\"}]",
              "List all parameters current build target supports"),
          new Request("targets", "[]", "List all targets current build supports"),
          new Request("subrequests.describe", "null", "List available subrequest types"));

  private Description() {}

  /** The metadata of the answer. */
  public static SortedMap<String, byte[]> metadata() {
    Columns table = new Columns(1).row("NAME", "VERSION", "DESCRIPTION");
    REQUESTS.forEach(request -> table.row(request.name, "1.0.0", request.description));
    return Answer.of(
        JsonWriter.list(REQUESTS.stream().map(Description::json).toList()), table.toString());
  }

  private static JsonWriter json(Request request) {
    return new JsonWriter()
        .string("name", PREFIX + request.name)
        .string("version", "1.0.0")
        .string("type", "rpc")
        .string("description", request.description)
        .raw("opts", request.options)
        .raw("inputs", "null")
        .objects(
            "metadata",
            List.of(
                new JsonWriter().string("name", "result.json").always("description", ""),
                new JsonWriter().string("name", "result.txt").always("description", "")))
        .raw("refs", "null");
  }
}
