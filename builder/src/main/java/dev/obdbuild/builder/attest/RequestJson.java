package dev.obdbuild.builder.attest;

import dev.obdbuild.oci.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A request to a frontend as a provenance tells it: where the build's description came from, and
 * the options that say what to build.
 *
 * @param frontend its name; empty for none
 * @param context where the context is, if the request says so; without passwords
 * @param file name of the description
 * @param args the other options
 * @param vcs what the client knows of the working tree that it built
 * @param scrubbed whether options were left out
 */
record RequestJson(
    String frontend,
    Optional<String> context,
    String file,
    SortedMap<String, String> args,
    SortedMap<String, String> vcs,
    boolean scrubbed) {

  /** Options that say how to build, not what. */
  private static final Set<String> OF_HOST =
      Set.of("cgroup-parent", "image-resolve-mode", "platform", "cache-imports");

  private static final Pattern PASSWORD = Pattern.compile("^([a-zA-Z0-9+.-]+://)[^/?#@]*@");

  /**
   * Reads a request.
   *
   * @param all whether build arguments and labels are told
   */
  static RequestJson of(String frontend, Map<String, String> options, boolean all) {
    SortedMap<String, String> args = new TreeMap<>();
    SortedMap<String, String> vcs = new TreeMap<>();
    boolean scrubbed = false;
    String contextKey = contextKey(options);
    for (Map.Entry<String, String> option : options.entrySet()) {
      String key = option.getKey();
      boolean isContext = key.equals(contextKey) || key.startsWith("context:");
      String value = isContext ? redacted(option.getValue()) : option.getValue();
      if (OF_HOST.contains(key) || key.startsWith("attest:")) {
        continue;
      }
      if (key.startsWith("vcs:")) {
        vcs.put(key.substring("vcs:".length()), redacted(value));
      } else if (!all && (key.startsWith("build-arg:") || key.startsWith("label:"))) {
        scrubbed = true;
      } else {
        args.put(key, value);
      }
    }
    vcs.values().removeIf(String::isEmpty);
    Optional<String> context =
        Optional.ofNullable(args.get(contextKey)).filter(text -> !text.isEmpty());
    context.ifPresent(text -> args.remove(contextKey));
    String file = args.getOrDefault("filename", "");
    if (!file.isEmpty()) {
      args.remove("filename");
    }
    return new RequestJson(frontend, context, file, args, vcs, scrubbed);
  }

  private static String contextKey(Map<String, String> options) {
    String named = options.getOrDefault("contextkey", "");
    if (!named.isEmpty()) {
      return named;
    }
    return options.getOrDefault("input:context", "").isEmpty() ? "context" : "input:context";
  }

  static String redacted(String url) {
    return PASSWORD.matcher(url).replaceFirst("$1xxxxx@");
  }

  /** The {@code configSource}; {@code v02} as the older form spells it. */
  JsonWriter configSource(Materials materials, boolean v02) {
    JsonWriter out = new JsonWriter();
    context.ifPresent(
        uri -> out.always("uri", uri).map("digest", materials.digestOf(uri).orElse(Map.of())));
    return out.string(v02 ? "entryPoint" : "path", file);
  }

  /**
   * The request with what its steps used of the client's.
   *
   * @param root what the client asked for in the first place, if that was something else
   * @param max whether ids of secrets are told
   */
  JsonWriter request(Materials materials, Optional<RequestJson> root, boolean max) {
    JsonWriter out = new JsonWriter().string("frontend", frontend).map("args", args);
    if (max) {
      list(out, "secrets", materials.secrets());
      list(out, "ssh", materials.agents());
    }
    if (!materials.locals().isEmpty()) {
      out.objects(
          "locals",
          materials.locals().stream().map(name -> new JsonWriter().always("name", name)).toList());
    }
    root.ifPresent(
        it ->
            out.object(
                "root",
                new JsonWriter()
                    .object("configSource", it.configSource(materials, false))
                    .object(
                        "request",
                        new JsonWriter().string("frontend", it.frontend).map("args", it.args))));
    return out;
  }

  private static void list(JsonWriter out, String key, SortedMap<String, Boolean> ids) {
    List<JsonWriter> all = new ArrayList<>();
    ids.forEach(
        (id, optional) -> all.add(new JsonWriter().always("id", id).bool("optional", optional)));
    if (!all.isEmpty()) {
      out.objects(key, all);
    }
  }

  /** Whether it says anything. */
  boolean isEmpty() {
    return frontend.isEmpty() && args.isEmpty() && context.isEmpty() && file.isEmpty();
  }

  /** Whether another request is told in the same words. */
  boolean sameAs(RequestJson other) {
    return frontend.equals(other.frontend)
        && args.equals(other.args)
        && context.equals(other.context)
        && file.equals(other.file);
  }
}
