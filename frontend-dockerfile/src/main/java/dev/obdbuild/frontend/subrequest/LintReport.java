package dev.obdbuild.frontend.subrequest;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import dev.obdbuild.frontend.SourceText;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What looks wrong in a Dockerfile.
 *
 * @param findings in the order they were found
 * @param error why it could not be built
 * @param definition what the file was read from
 */
public record LintReport(
    List<Finding> findings,
    Optional<DockerfileException> error,
    SourceText file,
    Graph definition) {

  /** One thing that looks wrong. {@code url} says where the rule is explained, or is empty. */
  public record Finding(String rule, String description, String url, String detail, Lines lines) {}

  public LintReport {
    findings = List.copyOf(findings);
  }

  /** The metadata of the answer. */
  public SortedMap<String, byte[]> metadata() {
    JsonWriter json = new JsonWriter();
    if (findings.isEmpty()) {
      json.raw("warnings", "null");
    } else {
      json.objects("warnings", findings.stream().map(LintReport::json).toList());
    }
    json.objects("sources", List.of(source()));
    error.ifPresent(
        e ->
            json.object(
                "buildError",
                new JsonWriter()
                    .always("message", String.valueOf(e.getMessage()))
                    .object(
                        "location", e.lines().map(Answer::location).orElseGet(JsonWriter::new))));
    SortedMap<String, byte[]> metadata = Answer.of(json.toString(), text());
    boolean clean = findings.isEmpty() && error.isEmpty();
    metadata.put("result.statuscode", Answer.bytes(clean ? "0" : "1"));
    return metadata;
  }

  private static JsonWriter json(Finding finding) {
    return new JsonWriter()
        .string("ruleName", finding.rule)
        .string("description", finding.description)
        .string("url", finding.url)
        .string("detail", finding.detail)
        .object("location", Answer.location(finding.lines));
  }

  private JsonWriter source() {
    return new JsonWriter()
        .string("filename", file.name())
        .string("data", Answer.base64(file.text().getBytes(StandardCharsets.UTF_8)))
        .object("definition", graph())
        .string("language", "Dockerfile");
  }

  private JsonWriter graph() {
    List<String> operations = new ArrayList<>();
    Map<String, JsonWriter> metadata = new TreeMap<>();
    JsonWriter locations = new JsonWriter();
    for (Vertex vertex : definition.vertices()) {
      String digest = vertex.digest().toString();
      operations.add(Answer.base64(vertex.marshalled()));
      JsonWriter said = new JsonWriter().map("description", vertex.meta().description());
      metadata.put(digest, said.object("caps", caps(vertex.meta().caps())));
    }
    definition.vertices().stream()
        .map(vertex -> vertex.digest().toString())
        .sorted()
        .forEach(digest -> locations.raw(digest, "{}"));
    byte[] end = definition.end();
    operations.add(Answer.base64(end));
    metadata.put(
        Digest.sha256(end).toString(), new JsonWriter().object("caps", caps(definition.caps())));
    JsonWriter all = new JsonWriter();
    metadata.forEach(all::object);
    return new JsonWriter()
        .strings("def", operations)
        .object("metadata", all)
        .object("Source", new JsonWriter().object("locations", locations));
  }

  private static JsonWriter caps(Iterable<String> caps) {
    JsonWriter json = new JsonWriter();
    caps.forEach(cap -> json.bool(cap, true));
    return json;
  }

  private String text() {
    return findings.stream()
        .sorted(Comparator.comparingInt(finding -> finding.lines.first()))
        .map(this::text)
        .collect(Collectors.joining());
  }

  private String text(Finding finding) {
    return "\nWARNING: "
        + finding.rule
        + (finding.url.isEmpty() ? "" : " - " + finding.url)
        + "\n"
        + finding.detail
        + "\n"
        + file.excerpt(finding.lines)
        + "\n";
  }
}
