package dev.obdbuild.frontend.parse;

import java.util.Optional;

/** Truth as Go spells it. */
public final class GoBool {
  private GoBool() {}

  /** The value of {@code text}, empty if it is none. */
  public static Optional<Boolean> parse(String text) {
    return switch (text) {
      case "1", "t", "T", "true", "TRUE", "True" -> Optional.of(true);
      case "0", "f", "F", "false", "FALSE", "False" -> Optional.of(false);
      default -> Optional.empty();
    };
  }
}
