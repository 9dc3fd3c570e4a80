package dev.obdbuild.builder;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import dev.obdbuild.frontend.SourceText;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.SourceFile;
import dev.obdbuild.llb.SourceLocation;
import dev.obdbuild.llb.SourceLocation.LineRange;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.SolveException;
import dev.obdbuild.worker.ExitCodeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** A build failed. The message is what BuildKit's clients print after {@code failed to solve:}. */
public final class BuildFailedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Optional<Digest> vertex;
  private final transient List<Place> places;

  /** Lines of a file that the failure is about. */
  public record Place(SourceFile file, List<LineRange> ranges) {
    public Place {
      ranges = List.copyOf(ranges);
    }

    private String excerpt() {
      int first = ranges.stream().mapToInt(LineRange::first).min().orElseThrow();
      int last = ranges.stream().mapToInt(LineRange::last).max().orElseThrow();
      return new SourceText(file.name(), new String(file.data(), StandardCharsets.UTF_8))
          .excerpt(new Lines(first, last));
    }
  }

  /** A failure without a place. */
  public BuildFailedException(String message, Throwable cause) {
    this(message, Optional.empty(), List.of(), cause);
  }

  private BuildFailedException(
      String message, Optional<Digest> vertex, List<Place> places, Throwable cause) {
    super(message, cause);
    this.vertex = vertex;
    this.places = places;
  }

  /** A failure that another process told. */
  public static BuildFailedException told(
      String message, Optional<Digest> vertex, List<Place> places, Throwable cause) {
    return new BuildFailedException(message, vertex, List.copyOf(places), cause);
  }

  /** A vertex of a graph failed. */
  public static BuildFailedException of(SolveException failure, Graph graph) {
    Vertex vertex = failure.vertex();
    List<Place> places =
        vertex.meta().locations().stream()
            .filter(location -> !location.ranges().isEmpty())
            .map(location -> place(graph, location))
            .toList();
    return new BuildFailedException(
        String.valueOf(failure.getMessage()), Optional.of(vertex.digest()), places, failure);
  }

  private static Place place(Graph graph, SourceLocation location) {
    return new Place(graph.sources().get(location.source()), location.ranges());
  }

  /** The Dockerfile, or what was asked of it, cannot be built. */
  public static BuildFailedException of(DockerfileException failure) {
    List<Place> places =
        failure.source().isPresent()
            ? failure.places().stream().map(at -> place(failure.source().get(), at)).toList()
            : List.of();
    return new BuildFailedException(
        String.valueOf(failure.getMessage()), Optional.empty(), places, failure);
  }

  private static Place place(SourceText file, Lines lines) {
    return new Place(
        new SourceFile(file.name(), file.text().getBytes(StandardCharsets.UTF_8), "Dockerfile"),
        LineRange.each(lines.first(), lines.last()));
  }

  /** The vertex that failed. */
  public Optional<Digest> vertex() {
    return vertex;
  }

  /** The places it is about. */
  public List<Place> places() {
    return places;
  }

  /** The exit code of the process that failed. */
  public OptionalInt exitCode() {
    for (Throwable cause = getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof ExitCodeException exit) {
        return OptionalInt.of(exit.code());
      }
    }
    return OptionalInt.empty();
  }

  /** The lines of the Dockerfile that it is about, ready to print; empty when there are none. */
  public Optional<String> excerpt() {
    return places.isEmpty()
        ? Optional.empty()
        : Optional.of(places.stream().map(Place::excerpt).collect(Collectors.joining("\n")));
  }
}
