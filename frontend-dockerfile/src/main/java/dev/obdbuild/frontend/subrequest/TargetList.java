package dev.obdbuild.frontend.subrequest;

import dev.obdbuild.frontend.Lines;
import dev.obdbuild.oci.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * The stages of a Dockerfile, perhaps none; the last one is built unless another is asked for.
 *
 * @param file the Dockerfile
 */
public record TargetList(List<Target> targets, byte[] file) {

  /**
   * A stage as it is written.
   *
   * @param name empty if it has none
   * @param description from the comment above it
   * @param platform empty if not given
   */
  public record Target(
      String name, String description, String base, String platform, Lines lines) {}

  public TargetList {
    targets = List.copyOf(targets);
  }

  /** The metadata of the answer. */
  public SortedMap<String, byte[]> metadata() {
    List<JsonWriter> items = new ArrayList<>();
    Columns table = new Columns(1).row("TARGET", "DESCRIPTION");
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get(i);
      boolean last = i == targets.size() - 1;
      items.add(
          new JsonWriter()
              .string("name", target.name)
              .bool("default", last)
              .string("description", target.description)
              .string("base", target.base)
              .string("platform", target.platform)
              .object("location", Answer.location(target.lines)));
      String mark = target.name.isEmpty() ? "(default)" : " (default)";
      table.row(target.name + (last ? mark : ""), target.description);
    }
    JsonWriter json = new JsonWriter();
    if (items.isEmpty()) {
      json.raw("targets", "null");
    } else {
      json.objects("targets", items);
    }
    json.strings("sources", List.of(Answer.base64(file)));
    return Answer.of(json.toString(), table.toString());
  }
}
