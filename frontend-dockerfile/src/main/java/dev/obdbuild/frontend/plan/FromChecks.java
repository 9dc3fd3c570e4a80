package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.Suggestion;
import dev.obdbuild.frontend.parse.Stage;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.json.GoQuote;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Checks of the variables and platforms in FROM lines. */
final class FromChecks {
  private static final String TARGET = "TARGETPLATFORM";

  private final Arguments arguments;
  private final Checks checks;

  FromChecks(Arguments arguments, Checks checks) {
    this.arguments = arguments;
    this.checks = checks;
  }

  /** Arguments that a FROM line uses and nobody declares. */
  void undeclared(Stage stage, Recorder used) {
    Set<String> known = new LinkedHashSet<>(arguments.globals().names());
    known.addAll(arguments.declared().keySet());
    for (String name : used.missing()) {
      if (!known.contains(name)) {
        checks.warn(
            Rule.UNDEFINED_ARG_IN_FROM,
            Suggestion.append(
                "FROM argument '" + name + "' is not declared", name, List.copyOf(known), true),
            stage.origin());
      }
    }
  }

  /**
   * What looks wrong in a {@code --platform}.
   *
   * @param text its value
   */
  void platform(Stage stage, String text, Recorder used) {
    undeclared(stage, used);
    if (used.found().equals(Set.of(TARGET))
        && used.missing().isEmpty()
        && arguments.globals().get(TARGET).orElse("").equals(text)) {
      String redundant =
          "Setting platform to predefined "
              + stage.platform()
              + " in FROM is redundant as this is the default behavior";
      checks.warn(Rule.REDUNDANT_TARGET_PLATFORM, redundant, stage.origin());
    }
    if (used.found().isEmpty() && used.missing().isEmpty() && isForeign(stage, text)) {
      checks.warn(
          Rule.FROM_PLATFORM_FLAG_CONST_DISALLOWED,
          "FROM --platform flag should not use constant value " + GoQuote.quote(text),
          stage.origin());
    }
  }

  /** Whether the stage's name does not tell that it is for one platform only. */
  private static boolean isForeign(Stage stage, String text) {
    try {
      Platform platform = Platform.parse(text);
      return !stage.name().contains(platform.os())
          && !stage.name().contains(platform.architecture());
    } catch (IllegalArgumentException e) {
      // It is refused elsewhere.
      return false;
    }
  }
}
