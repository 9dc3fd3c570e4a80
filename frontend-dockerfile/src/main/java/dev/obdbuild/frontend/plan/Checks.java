package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import dev.obdbuild.frontend.expand.GoQuote;
import dev.obdbuild.frontend.parse.Dockerfile;
import dev.obdbuild.frontend.parse.GoBool;
import dev.obdbuild.frontend.parse.Origin;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Collects warnings, except those that the file or the user asked not to hear. */
final class Checks {
  private static final String INLINE = "check=";

  private final Set<String> skipped;
  private final Set<String> experimental;
  private final boolean fatal;
  private final List<Warning> warnings = new ArrayList<>();
  private final Set<Warning> seen = new HashSet<>();

  private record Settings(Set<String> skipped, Set<String> experimental, boolean fatal) {}

  /**
   * @param text the value of the {@code check} directive, empty for none
   */
  Checks(String text) throws DockerfileException {
    Settings settings;
    try {
      settings = parse(text);
    } catch (DockerfileException e) {
      throw e.prefixed("failed to parse check options: ");
    }
    this.skipped = settings.skipped;
    this.experimental = settings.experimental;
    this.fatal = settings.fatal;
  }

  /** The checks that an option asks for, or else the file itself. */
  static Checks of(BuildConfig config, Dockerfile file) throws DockerfileException {
    return new Checks(config.buildArg("BUILDKIT_DOCKERFILE_CHECK").or(file::check).orElse(""));
  }

  private static Settings parse(String text) throws DockerfileException {
    Set<String> skipped = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    Set<String> experimental = new TreeSet<>();
    boolean fatal = false;
    if (!text.isEmpty()) {
      for (String option : text.split(";", 3)) {
        String[] parts = option.strip().split("=", 2);
        if (parts.length < 2) {
          throw new DockerfileException("invalid check option " + GoQuote.quote(option));
        }
        switch (parts[0].strip().toLowerCase(Locale.ROOT)) {
          case "skip" -> addAll(parts[1], skipped);
          case "error" ->
              fatal =
                  GoBool.parse(parts[1].strip())
                      .orElseThrow(
                          () ->
                              new DockerfileException(
                                  "failed to parse check option error: " + parts[1].strip()));
          case "experimental" -> addAll(parts[1], experimental);
          default ->
              throw new DockerfileException("invalid check option " + GoQuote.quote(parts[0]));
        }
      }
    }
    return new Settings(skipped, experimental, fatal);
  }

  private static void addAll(String rules, Set<String> into) {
    for (String rule : rules.split(",")) {
      into.add(rule.strip());
    }
  }

  /** A warning about an instruction, whose own comments may silence it. */
  void warn(String rule, String message, String description, Origin origin) {
    Set<String> inline = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (String comment : origin.comments()) {
      if (comment.startsWith(INLINE)) {
        for (String option : comment.substring(INLINE.length()).split(";")) {
          if (option.strip().startsWith("skip=")) {
            addAll(option.strip().substring("skip=".length()), inline);
          }
        }
      }
    }
    if (!inline.contains(rule) && !inline.contains("all")) {
      warn(rule, message, description, origin.lines());
    }
  }

  /** A warning that only those get who ask for it. */
  void experiment(String rule, String message, String description, Origin origin) {
    if (experimental.contains(rule) || experimental.contains("all")) {
      warn(rule, message, description, origin);
    }
  }

  void warn(String rule, String message, String description, Lines lines) {
    Warning warning = new Warning(rule, message, description, lines);
    if (!skipped.contains(rule) && !skipped.contains("all") && seen.add(warning)) {
      warnings.add(warning);
    }
  }

  List<Warning> warnings() {
    return warnings;
  }

  /**
   * @throws DockerfileException if there are warnings and {@code error=true} was asked for
   */
  void failIfAsked() throws DockerfileException {
    if (fatal && !warnings.isEmpty()) {
      Set<String> rules = new TreeSet<>();
      warnings.forEach(w -> rules.add(w.rule()));
      throw new DockerfileException("lint violation found for rules: " + String.join(", ", rules));
    }
  }
}
