package dev.obdbuild.frontend.subrequest;

import dev.obdbuild.frontend.Lines;
import dev.obdbuild.oci.json.JsonWriter;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;

/**
 * What one target takes from outside, in the order of the file.
 *
 * @param name of the target, empty if it has none
 * @param description from the comment above it
 * @param file the Dockerfile
 */
public record Outline(
    String name,
    String description,
    List<Argument> arguments,
    List<Need> secrets,
    List<Need> agents,
    byte[] file) {

  /** A build argument with the value it has for this build, empty for none. */
  public record Argument(String name, String description, String value, Lines lines) {}

  /** A secret, or an ssh agent. */
  public record Need(String id, boolean required, Lines lines) {}

  public Outline {
    arguments = arguments.stream().sorted(Comparator.comparingInt(a -> a.lines.first())).toList();
    secrets = sorted(secrets);
    agents = sorted(agents);
  }

  private static List<Need> sorted(List<Need> needs) {
    return needs.stream().sorted(Comparator.comparingInt(n -> n.lines.first())).toList();
  }

  /** The metadata of the answer. */
  public SortedMap<String, byte[]> metadata() {
    JsonWriter json = new JsonWriter().string("name", name).string("description", description);
    if (!arguments.isEmpty()) {
      json.objects("args", arguments.stream().map(Outline::json).toList());
    }
    list(json, "secrets", secrets);
    list(json, "ssh", agents);
    json.strings("sources", List.of(Answer.base64(file)));
    return Answer.of(json.toString(), text());
  }

  private static void list(JsonWriter json, String key, List<Need> needs) {
    if (!needs.isEmpty()) {
      json.objects(key, needs.stream().map(Outline::json).toList());
    }
  }

  private static JsonWriter json(Argument argument) {
    return new JsonWriter()
        .string("name", argument.name)
        .string("description", argument.description)
        .string("value", argument.value)
        .object("location", Answer.location(argument.lines));
  }

  private static JsonWriter json(Need need) {
    return new JsonWriter()
        .string("name", need.id)
        .bool("required", need.required)
        .object("location", Answer.location(need.lines));
  }

  private String text() {
    StringBuilder out = new StringBuilder();
    if (!name.isEmpty() || !description.isEmpty()) {
      Columns head = new Columns(1).row("TARGET:", name.isEmpty() ? "(default)" : name);
      if (!description.isEmpty()) {
        head.row("DESCRIPTION:", description);
      }
      out.append(head).append('\n');
    }
    if (!arguments.isEmpty()) {
      Columns table = new Columns(3).row("BUILD ARG", "VALUE", "DESCRIPTION");
      arguments.forEach(a -> table.row(a.name, a.value, a.description));
      out.append(table).append('\n');
    }
    return out.append(table("SECRET", secrets)).append(table("SSH", agents)).toString();
  }

  private static String table(String title, List<Need> needs) {
    if (needs.isEmpty()) {
      return "";
    }
    Columns table = new Columns(3).row(title, "REQUIRED");
    needs.forEach(need -> table.row(need.id, need.required ? "true" : ""));
    return table + "\n";
  }
}
