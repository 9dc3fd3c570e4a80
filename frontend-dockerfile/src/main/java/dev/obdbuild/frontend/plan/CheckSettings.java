package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.parse.GoBool;
import dev.obdbuild.oci.json.GoQuote;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which checks are wanted: {@code skip=Rule,Rule;experimental=all;error=true}.
 *
 * @param skipped names of rules, or {@code all}
 * @param experimental names of rules, or {@code all}
 * @param fatal whether a warning fails the build
 */
record CheckSettings(Set<String> skipped, Set<String> experimental, boolean fatal) {
  private static final String ALL = "all";

  /** No rule counts. */
  static final CheckSettings NONE = new CheckSettings(Set.of(ALL), Set.of(), false);

  private static final Pattern COMMENT =
      Pattern.compile("\\s*check\\s*=\\s*(.+?)\\s*", Pattern.CASE_INSENSITIVE);

  CheckSettings {
    skipped = Set.copyOf(skipped);
    experimental = Set.copyOf(experimental);
  }

  static CheckSettings parse(String text) throws DockerfileException {
    Set<String> skipped = new TreeSet<>();
    Set<String> experimental = new TreeSet<>();
    boolean fatal = false;
    List<String> options = text.isBlank() ? List.of() : List.of(text.strip().split(";", 3));
    for (String option : options) {
      String[] parts = option.split("=", 2);
      if (parts.length < 2) {
        throw new DockerfileException("invalid check option " + GoQuote.quote(option));
      }
      String value = parts[1].strip();
      switch (parts[0].strip()) {
        case "skip" -> addAll(value, skipped);
        case "experimental" -> addAll(value, experimental);
        case "error" ->
            fatal =
                GoBool.parse(value)
                    .orElseThrow(
                        () ->
                            new DockerfileException(
                                "failed to parse check option "
                                    + GoQuote.quote(option)
                                    + ": strconv.ParseBool: parsing "
                                    + GoQuote.quote(value)
                                    + ": invalid syntax"));
        default ->
            throw new DockerfileException(
                "invalid check option " + GoQuote.quote(parts[0].strip()));
      }
    }
    return new CheckSettings(skipped, experimental, fatal);
  }

  /** What the first comment that speaks of checks says; empty if none does or it makes no sense. */
  static Optional<CheckSettings> inline(List<String> comments) {
    for (String comment : comments) {
      Matcher matcher = COMMENT.matcher(comment);
      if (matcher.matches()) {
        try {
          return Optional.of(parse(firstWord(matcher.group(1))));
        } catch (DockerfileException e) {
          // A comment is no place to fail at.
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /** Directives end at the first blank. */
  static String firstWord(String value) {
    return value.split(" ", 2)[0];
  }

  private static void addAll(String rules, Set<String> into) {
    // The last list counts, but all stays all.
    into.retainAll(Set.of(ALL));
    Arrays.stream(rules.split(",")).map(String::strip).forEach(into::add);
  }

  boolean wants(Rule rule) {
    return rule.experimental()
        ? experimental.contains(ALL) || experimental.contains(rule.word())
        : !skipped.contains(ALL) && !skipped.contains(rule.word());
  }

  /** These settings and what an instruction's own comments add; they cannot make anything fatal. */
  CheckSettings and(CheckSettings own) {
    Set<String> allSkipped = new TreeSet<>(skipped);
    allSkipped.addAll(own.skipped);
    Set<String> allExperimental = new TreeSet<>(experimental);
    allExperimental.addAll(own.experimental);
    return new CheckSettings(allSkipped, allExperimental, fatal);
  }
}
