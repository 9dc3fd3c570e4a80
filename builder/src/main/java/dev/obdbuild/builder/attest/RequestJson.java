package dev.obdbuild.builder.attest;

import dev.obdbuild.builder.BuildKitRelease;
import dev.obdbuild.builder.build.Origin;
import dev.obdbuild.oci.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
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
 * @param inputs requests that graphs among its inputs are results of
 * @param scrubbed whether options were left out, of it or of its inputs
 */
record RequestJson(
    String frontend,
    Optional<String> context,
    String file,
    SortedMap<String, String> args,
    SortedMap<String, String> vcs,
    SortedMap<String, RequestJson> inputs,
    boolean scrubbed) {

  /** Options that say how to build, not what. */
  private static final Set<String> OF_HOST =
      Set.of("cgroup-parent", "image-resolve-mode", "platform", "cache-imports");

  private static final String VCS = "vcs:";

  /** A name in front of an @ is no login in addresses of other kinds. */
  private static final Pattern LOGIN = Pattern.compile("^(https?|git|ssh)://([^/?#@]*)@");

  /**
   * The request that refs come from.
   *
   * @param all whether build arguments and labels are told
   */
  static RequestJson of(Origin origin, boolean all) {
    SortedMap<String, RequestJson> inputs = new TreeMap<>();
    origin
        .inputs()
        .forEach(
            (name, origins) -> {
              List<RequestJson> requests =
                  origins.stream().map(input -> of(input, all)).distinct().toList();
              // What several requests could have made is told of none.
              if (requests.size() == 1) {
                inputs.put(name, requests.getFirst());
              }
            });
    return of(origin.frontend(), origin.options(), inputs, all);
  }

  /**
   * Reads a request.
   *
   * @param all whether build arguments and labels are told
   */
  static RequestJson of(
      String frontend,
      Map<String, String> options,
      SortedMap<String, RequestJson> inputs,
      boolean all) {
    SortedMap<String, String> args = new TreeMap<>();
    SortedMap<String, String> vcs = new TreeMap<>();
    boolean scrubbed = inputs.values().stream().anyMatch(RequestJson::scrubbed);
    String contextKey = contextKey(options);
    for (Map.Entry<String, String> option : options.entrySet()) {
      String key = option.getKey();
      boolean isContext = key.equals(contextKey) || key.startsWith("context:");
      String value = isContext ? redacted(option.getValue()) : option.getValue();
      if (OF_HOST.contains(key) || key.startsWith("attest:")) {
        continue;
      }
      if (key.startsWith(VCS)) {
        vcs.put(key.substring(VCS.length()), redacted(value));
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
    return new RequestJson(frontend, context, file, args, vcs, inputs, scrubbed);
  }

  private static String contextKey(Map<String, String> options) {
    String named = options.getOrDefault("contextkey", "");
    if (!named.isEmpty()) {
      return named;
    }
    return options.getOrDefault("input:context", "").isEmpty() ? "context" : "input:context";
  }

  /** An address without login, as BuildKit writes it. */
  static String redacted(String url) {
    Matcher login = LOGIN.matcher(url);
    if (!login.find()) {
      return url;
    }
    String mask = login.group(2).contains(":") ? "xxxxx:xxxxx" : "xxxxx";
    return login.group(1) + "://" + mask + "@" + url.substring(login.end());
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
    inputs(out, materials);
    root.ifPresent(it -> out.object("root", it.alone(materials)));
    return out.integer("compatibilityVersion", BuildKitRelease.COMPATIBILITY);
  }

  private void inputs(JsonWriter out, Materials materials) {
    if (!inputs.isEmpty()) {
      JsonWriter all = new JsonWriter();
      inputs.forEach((name, input) -> all.object(name, input.alone(materials)));
      out.object("inputs", all);
    }
  }

  /** The request by itself, as one that led to another. */
  private JsonWriter alone(Materials materials) {
    SortedMap<String, String> all = new TreeMap<>(args);
    vcs.forEach((key, value) -> all.put(VCS + key, value));
    JsonWriter request = new JsonWriter().string("frontend", frontend).map("args", all);
    inputs(request, materials);
    return new JsonWriter()
        .object("configSource", configSource(materials, false))
        .object("request", request);
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
    return frontend.isEmpty()
        && args.isEmpty()
        && context.isEmpty()
        && file.isEmpty()
        && inputs.isEmpty();
  }

  /** Whether another request is told in the same words. */
  boolean sameAs(RequestJson other) {
    return frontend.equals(other.frontend)
        && args.equals(other.args)
        && context.equals(other.context)
        && file.equals(other.file)
        && inputs.equals(other.inputs);
  }
}
