package dev.obdbuild.builder.build;

import java.io.IOException;
import java.io.Serial;
import java.util.List;

/** A policy forbids a source. */
public final class SourceDeniedException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient List<String> reasons;

  /**
   * A refusal.
   *
   * @param reasons in the policy's own words, for the user
   */
  public SourceDeniedException(String message, List<String> reasons) {
    super(message);
    this.reasons = List.copyOf(reasons);
  }

  private SourceDeniedException(String context, SourceDeniedException cause) {
    super(context + ": " + cause.getMessage(), cause);
    this.reasons = cause.reasons;
  }

  /**
   * A policy's failure with what it was asked for in front.
   *
   * @param failure a refusal, which stays one, or anything else that went wrong
   */
  static IOException about(String context, IOException failure) {
    return failure instanceof SourceDeniedException denied
        ? new SourceDeniedException(context, denied)
        : new IOException(context + ": " + failure.getMessage(), failure);
  }

  /** What the policy says to the user; may be empty. */
  public List<String> reasons() {
    return reasons;
  }
}
