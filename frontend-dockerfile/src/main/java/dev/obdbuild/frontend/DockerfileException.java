package dev.obdbuild.frontend;

import java.io.IOException;
import java.util.Optional;

/**
 * Something a Dockerfile, an ignore file or a frontend option says that cannot be built. The
 * message is BuildKit's word for word where BuildKit has one.
 */
public final class DockerfileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Optional<Lines> lines;
  private final transient Optional<SourceText> source;

  public DockerfileException(String message) {
    this(message, Optional.empty(), Optional.empty(), null);
  }

  public DockerfileException(String message, Lines lines) {
    this(message, Optional.of(lines), Optional.empty(), null);
  }

  private DockerfileException(
      String message,
      Optional<Lines> lines,
      Optional<SourceText> source,
      @org.jspecify.annotations.Nullable Throwable cause) {
    super(message, cause);
    this.lines = lines;
    this.source = source;
  }

  /** What was wrong in something that failed elsewhere, with that failure as the cause. */
  public static DockerfileException of(String message, Throwable cause) {
    return new DockerfileException(message, Optional.empty(), Optional.empty(), cause);
  }

  /** This error at these lines, unless it knows its place already. */
  public DockerfileException at(Lines place) {
    return lines.isPresent()
        ? this
        : new DockerfileException(text(), Optional.of(place), source, this);
  }

  /** This error in this file, unless it knows its file already. */
  public DockerfileException in(SourceText file) {
    return source.isPresent()
        ? this
        : new DockerfileException(text(), lines, Optional.of(file), this);
  }

  /** This error with words before its message. */
  public DockerfileException prefixed(String prefix) {
    return new DockerfileException(prefix + text(), lines, source, this);
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

  /** The lines it stands at, if it has a place. */
  public Optional<Lines> lines() {
    return lines;
  }

  /** The marked lines of the file, ready to print above the message; empty without a place. */
  public Optional<String> excerpt() {
    return source.isPresent() && lines.isPresent()
        ? Optional.of(source.get().excerpt(lines.get()))
        : Optional.empty();
  }
}
