package dev.obdbuild.frontend;

import dev.obdbuild.llb.Graph;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Something a Dockerfile, an ignore file or a frontend option says that cannot be built. The
 * message is BuildKit's word for word where BuildKit has one.
 */
public final class DockerfileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient List<Lines> places;
  private final transient Optional<SourceText> source;
  private final transient Optional<Warned> warned;

  /**
   * What looked wrong before the error was met.
   *
   * @param definition where the Dockerfile was read from; its result is the step that warnings
   *     belong to
   */
  public record Warned(List<Warning> warnings, Graph definition) {
    public Warned {
      warnings = List.copyOf(warnings);
    }
  }

  public DockerfileException(String message) {
    this(message, List.of(), Optional.empty(), Optional.empty(), null);
  }

  public DockerfileException(String message, Lines lines) {
    this(message, List.of(lines), Optional.empty(), Optional.empty(), null);
  }

  /** An error that several lines have a part in. */
  public DockerfileException(String message, List<Lines> places) {
    this(message, places, Optional.empty(), Optional.empty(), null);
  }

  private DockerfileException(
      String message,
      List<Lines> places,
      Optional<SourceText> source,
      Optional<Warned> warned,
      @Nullable Throwable cause) {
    super(message, cause);
    this.places = List.copyOf(places);
    this.source = source;
    this.warned = warned;
  }

  /** What was wrong in something that failed elsewhere, with that failure as the cause. */
  public static DockerfileException of(String message, Throwable cause) {
    return new DockerfileException(message, List.of(), Optional.empty(), Optional.empty(), cause);
  }

  /**
   * What a source failed with, with words before its message. An interruption, and an error that is
   * one of these already, stay what they are.
   */
  public static IOException ofSource(String prefix, IOException failure) {
    return failure instanceof InterruptedIOException || failure instanceof DockerfileException
        ? failure
        : of(prefix + failure.getMessage(), failure);
  }

  /** This error at these lines, unless it knows its place already. */
  public DockerfileException at(Lines place) {
    return places.isEmpty()
        ? new DockerfileException(text(), List.of(place), source, warned, this)
        : this;
  }

  /** This error in this file, unless it knows its file already. */
  public DockerfileException in(SourceText file) {
    return source.isPresent()
        ? this
        : new DockerfileException(text(), places, Optional.of(file), warned, this);
  }

  /** This error with what looked wrong before it was met. */
  public DockerfileException after(Warned before) {
    return new DockerfileException(text(), places, source, Optional.of(before), this);
  }

  /** This error with words before its message. */
  public DockerfileException prefixed(String prefix) {
    return new DockerfileException(prefix + text(), places, source, warned, this);
  }

  private String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }

  /** The file it stands in, if it stands in one. */
  public Optional<String> file() {
    return source.map(SourceText::name);
  }

  /** The file it stands in with its text, if it stands in one. */
  public Optional<SourceText> source() {
    return source;
  }

  /** The lines it stands at, the first ones if several have a part in it; empty without a place. */
  public Optional<Lines> lines() {
    return places.stream().findFirst();
  }

  /** All lines that have a part in it; most errors have one place. */
  public List<Lines> places() {
    return places;
  }

  /** What looked wrong before it was met, if that is known. */
  public Optional<Warned> warned() {
    return warned;
  }

  /** The marked lines of the file, ready to print above the message; empty without a place. */
  public Optional<String> excerpt() {
    return source.isPresent() && !places.isEmpty()
        ? Optional.of(places.stream().map(source.get()::excerpt).collect(Collectors.joining("\n")))
        : Optional.empty();
  }
}
