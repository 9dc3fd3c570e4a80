package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import dev.obdbuild.frontend.Warning;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.SourceLocation;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What came of a request, in a form that can be compared.
 *
 * @param error the message, empty if it was planned
 * @param lines the places of the error, first to last line
 * @param plans by platform, {@code one} for a result that is no index
 * @param warnings with their lines, addresses and descriptions
 * @param metadata of an answer
 * @param asked for images and times: names of the steps, and what was asked; only of what was
 *     planned, as what runs at the same time may be asked before an error or not
 * @param read the steps whose files were read before anything was built; only of what was planned
 */
record CorpusOutcome(
    String error,
    List<String> lines,
    Map<String, Plan> plans,
    List<String> warnings,
    Map<String, String> metadata,
    Set<String> asked,
    Set<String> read) {
  private static final String USUAL = "busybox";

  /**
   * A plan.
   *
   * @param vertices by digest, with all that is said of them beside the operation
   * @param base empty for none, {@code busybox} for the image that is always there
   */
  record Plan(Map<String, String> vertices, String config, String base) {}

  static CorpusOutcome of(CorpusCase request) {
    CorpusOutcome outcome = planned(request);
    TestSources sources = request.sources;
    return new CorpusOutcome(
        outcome.error,
        outcome.lines,
        outcome.plans,
        outcome.warnings,
        outcome.metadata,
        outcome.error.isEmpty() ? new TreeSet<>(sources.questions) : Set.of(),
        outcome.error.isEmpty() ? new TreeSet<>(sources.readFrom) : Set.of());
  }

  private static CorpusOutcome planned(CorpusCase request) {
    try {
      return switch (request.plan()) {
        case FrontendResult.Built built -> of(built);
        case FrontendResult.Answered answered -> {
          Map<String, String> metadata = new TreeMap<>();
          answered
              .metadata()
              .forEach((k, v) -> metadata.put(k, new String(v, StandardCharsets.UTF_8)));
          yield outcome("", List.of(), Map.of(), texts(answered.warnings()), metadata);
        }
        case FrontendResult.Forwarded other ->
            failed(other.failed(new IOException("forwarded to " + other.source())));
      };
    } catch (IOException e) {
      return failed(e);
    }
  }

  private static CorpusOutcome failed(IOException e) {
    List<String> places =
        e instanceof DockerfileException known
            ? known.places().stream().map(CorpusOutcome::text).toList()
            : List.of();
    List<String> warnings =
        e instanceof DockerfileException known
            ? known.warned().map(w -> texts(w.warnings())).orElse(List.of())
            : List.of();
    return outcome(String.valueOf(e.getMessage()), places, Map.of(), warnings, Map.of());
  }

  private static CorpusOutcome outcome(
      String error,
      List<String> lines,
      Map<String, Plan> plans,
      List<String> warnings,
      Map<String, String> metadata) {
    return new CorpusOutcome(error, lines, plans, warnings, metadata, Set.of(), Set.of());
  }

  private static CorpusOutcome of(FrontendResult.Built built) {
    Map<String, Plan> plans = new TreeMap<>();
    for (BuildPlan plan : built.plans()) {
      plans.put(
          built.multiPlatform() ? plan.platform().format() : "one",
          new Plan(
              vertices(plan.graph()),
              json(plan.config()),
              plan.base().map(CorpusOutcome::base).orElse("")));
    }
    return outcome("", List.of(), plans, texts(built.plans().getFirst().warnings()), epochs(built));
  }

  /** The times that results are dated at, as a daemon hands them on. */
  private static Map<String, String> epochs(FrontendResult.Built built) {
    Map<String, String> metadata = new TreeMap<>();
    for (BuildPlan plan : built.plans()) {
      String suffix = built.multiPlatform() ? "/" + plan.platform().format() : "";
      plan.epoch()
          .ifPresent(
              epoch ->
                  metadata.put(
                      "source.date.epoch" + suffix, Long.toString(epoch.getEpochSecond())));
    }
    return metadata;
  }

  private static List<String> texts(List<Warning> warnings) {
    return warnings.stream()
        .map(w -> w + " | " + text(w.lines()) + " | " + w.url() + " | " + w.description())
        .toList();
  }

  /** BuildKit's, as it is kept. */
  static CorpusOutcome of(JsonReader golden) throws IOException {
    Map<String, Plan> plans = new TreeMap<>();
    for (Map.Entry<String, JsonReader> entry : golden.objectMap("plans").entrySet()) {
      JsonReader plan = entry.getValue();
      plans.put(
          entry.getKey(),
          new Plan(
              plan.stringMap("vertices"),
              canonical(plan.optionalString("config")),
              goldenBase(plan.string("base"))));
    }
    String error = golden.optionalString("error").orElse("");
    return new CorpusOutcome(
        error,
        golden.strings("lines"),
        plans,
        golden.strings("warnings"),
        new TreeMap<>(golden.stringMap("metadata")),
        error.isEmpty() ? asked(golden) : Set.of(),
        error.isEmpty() ? new TreeSet<>(golden.strings("read")) : Set.of());
  }

  /** No platform is the daemon's first, no mode is the default. */
  private static Set<String> asked(JsonReader golden) throws IOException {
    return golden.strings("asked").stream()
        .map(
            question ->
                question.replace(" |  | ", " | linux/amd64 | ").replaceFirst(" $", " default"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  static Map<String, String> vertices(Graph graph) {
    Map<String, String> vertices = new TreeMap<>();
    for (Vertex vertex : graph.vertices()) {
      vertices.put(vertex.digest().toString(), said(vertex.meta()));
    }
    return vertices;
  }

  private static String said(VertexMetadata meta) {
    List<String> parts = new ArrayList<>();
    parts.add(meta.customName());
    new TreeMap<>(meta.description())
        .forEach(
            (key, value) -> {
              if (!key.equals(VertexMetadata.CUSTOM_NAME)) {
                parts.add(key + "=" + value);
              }
            });
    parts.add("caps=" + String.join(",", new TreeSet<>(meta.caps())));
    if (meta.ignoreCache()) {
      parts.add("nocache");
    }
    meta.progressGroup().ifPresent(g -> parts.add("group=" + g.name() + "," + g.weak()));
    meta.resources().ifPresent(r -> parts.add("resources=" + r.memory() + "," + r.cpuQuota()));
    if (!meta.locations().isEmpty()) {
      parts.add(
          "lines="
              + meta.locations().stream()
                  .map(CorpusOutcome::text)
                  .collect(Collectors.joining(",")));
    }
    return String.join(" | ", parts);
  }

  private static String text(SourceLocation location) {
    return location.ranges().getFirst().first() + "-" + location.ranges().getLast().last();
  }

  private static String text(Lines lines) {
    return lines.first() + "-" + lines.last();
  }

  private static String json(ImageConfig config) {
    return new String(config.toJson(), StandardCharsets.UTF_8);
  }

  private static String base(ImageConfig config) {
    try {
      String text = json(config);
      return text.equals(canonical(Optional.of(TestSources.BUSYBOX))) ? USUAL : text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String goldenBase(String base) throws IOException {
    return base.isEmpty() || base.equals(USUAL) ? base : canonical(Optional.of(base));
  }

  private static String canonical(Optional<String> config) throws IOException {
    return config.isEmpty()
        ? ""
        : json(ImageConfig.parse(config.get().getBytes(StandardCharsets.UTF_8), "BuildKit's"));
  }
}
