package dev.obdbuild.worker.exec;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The system call filter of a step. The table is data ({@code seccomp.json} beside this class, the
 * rules of {@code sandbox.md}); a rule counts when its conditions on kernel, architecture and
 * capabilities hold.
 */
final class Seccomp {

  private final JsonNode table;
  private final ObjectMapper json;

  private Seccomp(JsonNode table, ObjectMapper json) {
    this.table = table;
    this.json = json;
  }

  static Seccomp load(ObjectMapper json) throws IOException {
    try (InputStream in = Seccomp.class.getResourceAsStream("seccomp.json")) {
      if (in == null) {
        throw new IOException("seccomp.json is missing from this build");
      }
      return new Seccomp(json.readTree(in), json);
    }
  }

  /**
   * The {@code linux.seccomp} object of a runtime configuration.
   *
   * @param architecture as in OCI platforms: amd64, arm64
   * @param kernel release text such as {@code 6.18.4-x}
   */
  ObjectNode filter(String architecture, String kernel, Set<String> capabilities) {
    ObjectNode out = json.createObjectNode();
    out.put("defaultAction", table.get("defaultAction").asString());
    out.put("defaultErrnoRet", table.get("defaultErrno").asInt());
    JsonNode architectures = table.get("architectures").get(architecture);
    if (architectures != null) {
      out.set("architectures", architectures);
    }
    ArrayNode rules = out.putArray("syscalls");
    for (JsonNode rule : table.get("rules")) {
      if (holds(rule, architecture, kernel, capabilities)) {
        ObjectNode made = rules.addObject();
        made.set("names", rule.get("names"));
        made.put("action", rule.has("action") ? rule.get("action").asString() : "SCMP_ACT_ALLOW");
        if (rule.has("errno")) {
          made.put("errnoRet", rule.get("errno").asInt());
        }
        if (rule.has("args")) {
          made.set("args", rule.get("args"));
        }
      }
    }
    return out;
  }

  private static boolean holds(
      JsonNode rule, String architecture, String kernel, Set<String> capabilities) {
    return (!rule.has("arches") || texts(rule.get("arches")).contains(architecture))
        && (!rule.has("notArches") || !texts(rule.get("notArches")).contains(architecture))
        && (!rule.has("caps") || capabilities.containsAll(texts(rule.get("caps"))))
        && (!rule.has("notCaps")
            || texts(rule.get("notCaps")).stream().noneMatch(capabilities::contains))
        && (!rule.has("minKernel") || atLeast(kernel, rule.get("minKernel").asString()));
  }

  static boolean atLeast(String kernel, String wanted) {
    int[] has = version(kernel);
    int[] needs = version(wanted);
    return has[0] != needs[0] ? has[0] > needs[0] : has[1] >= needs[1];
  }

  private static int[] version(String text) {
    String[] parts = text.split("[^0-9]+", 3);
    return new int[] {
      Integer.parseInt(parts[0]),
      parts.length > 1 && !parts[1].isEmpty() ? Integer.parseInt(parts[1]) : 0
    };
  }

  private static List<String> texts(JsonNode array) {
    List<String> out = new ArrayList<>();
    array.forEach(n -> out.add(n.asString()));
    return out;
  }
}
