package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.parse.Stage;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.Vertex;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Finds the time that {@code SOURCE_DATE_EPOCH} stands for: seconds, or when the {@code context}, a
 * named context or what a stage downloads was made.
 */
final class EpochSource {
  static final String NAME = "SOURCE_DATE_EPOCH";

  /** What a graph can say: times in it are nanoseconds. */
  private static final long MAX_SECONDS = Long.MAX_VALUE / 1_000_000_000;

  private final Sources sources;
  private final MainContext context;
  private final NamedContexts contexts;
  private final List<Stage> stages;
  private final EpochStage reader;

  /**
   * @param reader reads the stages
   */
  EpochSource(
      Sources sources,
      MainContext context,
      NamedContexts contexts,
      List<Stage> stages,
      EpochStage reader) {
    this.sources = sources;
    this.context = context;
    this.contexts = contexts;
    this.stages = List.copyOf(stages);
    this.reader = reader;
  }

  /** Empty if nobody can tell: what the client has in its folders has no time. */
  Optional<Instant> resolve(String text) throws IOException {
    Optional<Instant> seconds = seconds(text);
    if (seconds.isPresent()) {
      return seconds;
    }
    if (text.equals(MainContext.LOCAL)) {
      return timeOf(context.out(List.of()), "[internal] resolve main build context metadata");
    }
    Optional<NamedContext> named = contexts.find(text, Optional.empty());
    if (named.isPresent()) {
      return timeOf(
          named.get().load(sources).tree().out(List.of()),
          "[internal] resolve SOURCE_DATE_EPOCH named context " + text);
    }
    for (Stage stage : stages) {
      if (stage.name().equalsIgnoreCase(text)) {
        return timeOf(
            Optional.of(reader.download(stage)),
            "[internal] resolve SOURCE_DATE_EPOCH source stage " + stage.name());
      }
    }
    throw new DockerfileException("invalid " + NAME + ": " + text);
  }

  private static Optional<Instant> seconds(String text) throws DockerfileException {
    long seconds;
    try {
      seconds = Long.parseLong(text);
    } catch (NumberFormatException e) {
      // It is the name of something.
      return Optional.empty();
    }
    if (Math.abs(seconds) > MAX_SECONDS || seconds == Long.MIN_VALUE) {
      throw new DockerfileException("invalid " + NAME + ": " + text);
    }
    return Optional.of(Instant.ofEpochSecond(seconds));
  }

  /** Of what comes from a single source; with several nobody could say which one counts. */
  private Optional<Instant> timeOf(Optional<Node.Out> tree, String stepName) throws IOException {
    if (tree.isEmpty()) {
      return Optional.empty();
    }
    List<SourceOp> found =
        Graph.of(tree.get(), List.of()).vertices().stream()
            .map(Vertex::op)
            .filter(SourceOp.class::isInstance)
            .map(SourceOp.class::cast)
            .toList();
    return found.size() == 1 ? sources.modified(found.getFirst(), stepName) : Optional.empty();
  }
}
