package dev.obdbuild.builder.request;

import dev.obdbuild.llb.Graph;
import dev.obdbuild.oci.json.JsonWriter;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Collections;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a frontend is asked for, once the targets that it is linked with are known: they are built
 * first, in the order in which the user named them, so that each may use those before it. Not
 * thread-safe.
 */
public final class LinkedRequest {

  private static final String CONFIG = "containerimage.config";

  private final SortedMap<String, String> attributes;
  private final SortedMap<String, Graph> inputs = new TreeMap<>();
  private final Queue<LinkedTarget> missing;

  /** A request none of whose targets is known. */
  public LinkedRequest(BuildRequest request) {
    this.attributes = new TreeMap<>(request.attributes());
    this.missing = new ArrayDeque<>(request.links());
  }

  /** What a frontend made of a request: graphs by platform, or one with an empty key. */
  public record Made(SortedMap<String, Graph> graphs, SortedMap<String, byte[]> metadata) {}

  /** The options of the next target that is to be planned; empty when all are known. */
  public Optional<SortedMap<String, String>> next() {
    return Optional.ofNullable(missing.peek())
        .map(
            target -> {
              SortedMap<String, String> options = new TreeMap<>(attributes);
              options.put("target", target.stage());
              options.remove("requestid");
              return options;
            });
  }

  /** Links the target that was {@link #next}. */
  public void link(Made made) {
    LinkedTarget target = missing.remove();
    made.graphs()
        .forEach(
            (platform, graph) -> {
              String name = platform.isEmpty() ? target.name() : target.name() + "::" + platform;
              String config = platform.isEmpty() ? CONFIG : CONFIG + "/" + platform;
              inputs.put(name, graph);
              attributes.put("context:" + name, "input:" + name);
              Optional.ofNullable(made.metadata().get(config))
                  .ifPresent(json -> attributes.put("input-metadata:" + name, metadata(json)));
            });
  }

  private static String metadata(byte[] config) {
    return new JsonWriter().always(CONFIG, Base64.getEncoder().encodeToString(config)).toString();
  }

  /** Options of the frontend, with those targets that are known. */
  public SortedMap<String, String> attributes() {
    return Collections.unmodifiableSortedMap(attributes);
  }

  /** Graphs of the targets, by the names that the options use. */
  public SortedMap<String, Graph> inputs() {
    return Collections.unmodifiableSortedMap(inputs);
  }
}
