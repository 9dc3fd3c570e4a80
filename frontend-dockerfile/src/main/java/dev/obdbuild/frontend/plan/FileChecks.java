package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.expand.Expander;
import dev.obdbuild.frontend.expand.GoQuote;
import dev.obdbuild.frontend.parse.Dockerfile;
import dev.obdbuild.frontend.parse.Instruction;
import dev.obdbuild.frontend.parse.Origin;
import dev.obdbuild.frontend.parse.Stage;
import dev.obdbuild.oci.image.Reference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Checks of a file as it is written, whatever is built of it. */
final class FileChecks {
  private static final Set<String> RESERVED = Set.of("context", "scratch");

  private final Dockerfile file;
  private final Checks checks;

  FileChecks(Dockerfile file, Checks checks) {
    this.file = file;
    this.checks = checks;
  }

  void run() {
    file.emptyContinuations()
        .forEach(
            lines ->
                checks.warn(
                    "NoEmptyContinuation",
                    "Empty continuation line",
                    "Empty continuation lines will become errors in a future release",
                    lines));
    file.arguments().forEach(this::described);
    for (Stage stage : file.stages()) {
      casing(stage);
      described(stage.origin(), "FROM", stage.name().isEmpty() ? List.of() : List.of(stage.name()));
      for (Instruction instruction : stage.instructions()) {
        switch (instruction) {
          case Instruction.Maintainer _ ->
              checks.warn(
                  "MaintainerDeprecated",
                  "Maintainer instruction is deprecated in favor of using label",
                  "The MAINTAINER instruction is deprecated, use a label instead to define an"
                      + " image author",
                  instruction.origin());
          case Instruction.Arg arg -> described(arg);
          default -> {}
        }
      }
    }
    names();
    majority();
  }

  private void casing(Stage stage) {
    Origin origin = stage.origin();
    String[] words = origin.text().split("\\s+");
    if (stage.name().isEmpty() || words.length < 4) {
      return;
    }
    String name = words[words.length - 1];
    if (!name.equals(name.toLowerCase(Locale.ROOT))) {
      checks.warn(
          "StageNameCasing",
          "Stage name '" + name + "' should be lowercase",
          "Stage names should be lowercase",
          origin);
    }
    String as = words[words.length - 2];
    String from = origin.keyword();
    if (isOneCase(from) && !as.equals(isLower(from) ? lower(as) : upper(as))) {
      checks.warn(
          "FromAsCasing",
          "'" + as + "' and '" + from + "' keywords' casing do not match",
          "The 'as' keyword should match the case of the 'from' keyword",
          origin);
    }
  }

  private void described(Instruction.Arg arg) {
    described(
        arg.origin(), "ARG", arg.arguments().stream().map(Instruction.Argument::name).toList());
  }

  private void described(Origin origin, String keyword, List<String> names) {
    if (origin.comments().isEmpty() || names.isEmpty()) {
      return;
    }
    if (!names.contains(origin.comments().getLast().split(" ", 2)[0])) {
      checks.experiment(
          "InvalidDefinitionDescription",
          "Comment for "
              + keyword
              + " should follow the format: `# "
              + (names.size() > 1 ? "<arg_key>" : names.getFirst())
              + " <description>`",
          "Comment for build stage or argument should follow the format: `# <arg/stage name>"
              + " <description>`. If this is not intended to be a description comment, add an"
              + " empty line or comment between the instruction and the comment.",
          origin);
    }
  }

  private void names() {
    Set<String> seen = new HashSet<>();
    for (Stage stage : file.stages()) {
      if (RESERVED.contains(stage.name())) {
        checks.warn(
            "ReservedStageName",
            "Stage name should not use the same name as reserved stage "
                + GoQuote.quote(stage.name()),
            "Reserved words should not be used as stage names",
            stage.origin().lines());
      }
      if (!stage.name().isEmpty() && !seen.add(stage.name())) {
        checks.warn(
            "DuplicateStageName",
            "Duplicate stage name "
                + GoQuote.quote(stage.name())
                + ", stage names should be unique",
            "Stage names should be unique",
            stage.origin().lines());
      }
    }
  }

  private void majority() {
    List<Origin> origins = new ArrayList<>();
    for (Stage stage : file.stages()) {
      origins.add(stage.origin());
      stage.instructions().forEach(instruction -> origins.add(instruction.origin()));
    }
    long lower = origins.stream().filter(origin -> isLower(origin.keyword())).count();
    long upper = origins.stream().filter(origin -> isUpper(origin.keyword())).count();
    for (Origin origin : origins) {
      String keyword = origin.keyword();
      boolean fits = lower > upper ? isLower(keyword) : isUpper(keyword);
      if (!fits) {
        checks.warn(
            "ConsistentInstructionCasing",
            "Command '"
                + keyword
                + "' should match the case of the command majority ("
                + (lower > upper ? "lowercase" : "uppercase")
                + ")",
            "All commands within the Dockerfile should use the same casing (either upper or"
                + " lower)",
            origin.lines());
      }
    }
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  private static boolean isLower(String text) {
    return text.equals(lower(text));
  }

  private static boolean isUpper(String text) {
    return text.equals(upper(text));
  }

  private static boolean isOneCase(String text) {
    return isLower(text) || isUpper(text);
  }

  /** Whether base images have a name also when no build argument is given. */
  void defaults(BuildConfig config, Expander expander) {
    try {
      EnvList globals = Arguments.defaults(file, config, expander);
      for (Stage stage : file.stages()) {
        if (!isName(expander.word(stage.base(), globals))) {
          checks.warn(
              "InvalidDefaultArgInFrom",
              "Default value for ARG "
                  + stage.base()
                  + " results in empty or invalid base image name",
              "Default value for global ARG results in an empty or invalid base image name",
              stage.origin().lines());
        }
      }
    } catch (DockerfileException e) {
      // What cannot be expanded is told when the arguments are evaluated.
      return;
    }
  }

  private static boolean isName(String text) {
    try {
      Reference.parseName(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
