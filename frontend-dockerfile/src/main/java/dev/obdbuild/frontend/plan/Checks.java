package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import dev.obdbuild.frontend.Warning;
import dev.obdbuild.frontend.parse.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Collects warnings, except those that the file or the user asked not to hear. */
final class Checks {
  private static final String OPTION = "BUILDKIT_DOCKERFILE_CHECK";

  private final CheckSettings settings;
  private final List<Warning> warnings = new ArrayList<>();

  private Checks(CheckSettings settings) {
    this.settings = settings;
  }

  /**
   * The checks that an option asks for, or else the file itself.
   *
   * @param directive the value of the file's {@code check} directive
   */
  static Checks of(BuildConfig config, Optional<String> directive) throws DockerfileException {
    Optional<String> option = config.buildArg(OPTION);
    String text = option.orElseGet(() -> directive.map(CheckSettings::firstWord).orElse(""));
    try {
      return new Checks(CheckSettings.parse(text));
    } catch (DockerfileException e) {
      throw e.prefixed(
          option.isPresent()
              ? "failed to parse build-arg:" + OPTION + ": "
              : "failed to parse check options: ");
    }
  }

  /** No checks at all. */
  static Checks none() {
    return new Checks(CheckSettings.NONE);
  }

  /** A warning about an instruction, whose own comments count too. */
  void warn(Rule rule, String message, Origin origin) {
    warn(rule, message, origin, origin.lines());
  }

  /** A warning that an instruction gives rise to, about other lines than its own. */
  void warn(Rule rule, String message, Origin origin, Lines lines) {
    CheckSettings wanted =
        CheckSettings.inline(origin.comments()).map(settings::and).orElse(settings);
    if (wanted.wants(rule)) {
      warnings.add(rule.warning(message, lines));
    }
  }

  /** A warning about the file as a whole. */
  void warn(Rule rule, String message, Lines lines) {
    if (settings.wants(rule)) {
      warnings.add(rule.warning(message, lines));
    }
  }

  /** All so far, in the order in which they were found. */
  List<Warning> warnings() {
    return warnings;
  }

  /**
   * @throws DockerfileException if there are warnings and {@code error=true} was asked for
   */
  void failIfAsked() throws DockerfileException {
    if (settings.fatal() && !warnings.isEmpty()) {
      throw new DockerfileException(
          "lint violation found for rules: "
              + warnings.stream()
                  .map(Warning::rule)
                  .collect(Collectors.toCollection(TreeSet::new))
                  .stream()
                  .collect(Collectors.joining(", ")));
    }
  }
}
