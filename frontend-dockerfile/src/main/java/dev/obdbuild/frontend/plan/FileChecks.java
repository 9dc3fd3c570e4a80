package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.expand.Expander;
import dev.obdbuild.frontend.parse.Dockerfile;
import dev.obdbuild.frontend.parse.Instruction;
import dev.obdbuild.frontend.parse.Origin;
import dev.obdbuild.frontend.parse.Reading;
import dev.obdbuild.frontend.parse.Stage;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.json.GoQuote;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Checks of a file as it is written, whatever is built of it. */
final class FileChecks {
  private static final Set<String> RESERVED = Set.of("context", "scratch");

  private final Reading reading;
  private final Dockerfile file;
  private final Checks checks;

  FileChecks(Reading reading, Checks checks) {
    this.reading = reading;
    this.file = reading.file();
    this.checks = checks;
  }

  /**
   * Looks at the file.
   *
   * @throws DockerfileException what is wrong with the file, once all is told that stands before it
   */
  void run() throws DockerfileException {
    file.emptyContinuations()
        .forEach(
            lines -> checks.warn(Rule.NO_EMPTY_CONTINUATION, "Empty continuation line", lines));
    file.arguments().forEach(this::described);
    for (Stage stage : file.stages()) {
      casing(stage.origin());
      described(stage.origin(), "FROM", stage.name().isEmpty() ? List.of() : List.of(stage.name()));
      for (Instruction instruction : stage.instructions()) {
        switch (instruction) {
          case Instruction.Maintainer _ -> maintainer(instruction.origin());
          case Instruction.Arg arg -> described(arg);
          default -> {}
        }
      }
    }
    if (reading.failed().isPresent()) {
      failed(reading.failed().get());
    }
    reading.whole();
    names();
    majority();
  }

  private void failed(Origin origin) {
    switch (origin.keyword().toLowerCase(Locale.ROOT)) {
      case "from" -> casing(origin);
      case "maintainer" -> maintainer(origin);
      default -> {}
    }
  }

  private void maintainer(Origin origin) {
    checks.warn(
        Rule.MAINTAINER_DEPRECATED,
        "Maintainer instruction is deprecated in favor of using label",
        origin);
  }

  private void casing(Origin origin) {
    List<String> words =
        Stream.of(origin.text().split("\\s+"))
            .skip(1)
            .dropWhile(word -> word.startsWith("--"))
            .toList();
    if (words.size() < 3) {
      return;
    }
    String name = words.get(2);
    if (words.size() == 3 && !name.equals(lower(name))) {
      checks.warn(Rule.STAGE_NAME_CASING, "Stage name '" + name + "' should be lowercase", origin);
    }
    String as = words.get(1);
    String from = origin.keyword();
    if (isOneCase(from) && !as.equals(isLower(from) ? lower(as) : upper(as))) {
      checks.warn(
          Rule.FROM_AS_CASING,
          "'" + as + "' and '" + from + "' keywords' casing do not match",
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
      checks.warn(
          Rule.INVALID_DEFINITION_DESCRIPTION,
          "Comment for "
              + keyword
              + " should follow the format: `# "
              + (names.size() > 1 ? "<arg_key>" : names.getFirst())
              + " <description>`",
          origin);
    }
  }

  private void names() {
    Set<String> seen = new HashSet<>();
    for (Stage stage : file.stages()) {
      if (RESERVED.contains(stage.name())) {
        checks.warn(
            Rule.RESERVED_STAGE_NAME,
            "Stage name should not use the same name as reserved stage "
                + GoQuote.quote(stage.name()),
            stage.origin().lines());
      }
      if (!stage.name().isEmpty() && !seen.add(stage.name())) {
        checks.warn(
            Rule.DUPLICATE_STAGE_NAME,
            "Duplicate stage name "
                + GoQuote.quote(stage.name())
                + ", stage names should be unique",
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
            Rule.CONSISTENT_INSTRUCTION_CASING,
            "Command '"
                + keyword
                + "' should match the case of the command majority ("
                + (lower > upper ? "lowercase" : "uppercase")
                + ")",
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
              Rule.INVALID_DEFAULT_ARG_IN_FROM,
              "Default value for ARG "
                  + stage.base()
                  + " results in empty or invalid base image name",
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
