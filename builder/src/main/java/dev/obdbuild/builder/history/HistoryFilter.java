package dev.obdbuild.builder.history;

import dev.obdbuild.builder.filter.Filter;
import dev.obdbuild.protos.control.BuildHistoryRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Filters of the history: {@code ref}, {@code status} (running, completed, error, canceled) and
 * {@code repository} as {@link Filter} has them, and {@code startedAt}, {@code completedAt}, {@code
 * duration} compared with {@code < <= > >=} to a time or a Go duration (for times: so long ago).
 */
final class HistoryFilter {

  private static final Pattern COMPARISON =
      Pattern.compile("(startedAt|completedAt|duration)\\s*(>=|<=|>|<)\\s*(.*)");

  private HistoryFilter() {}

  /**
   * Several filters are alternatives, none chooses everything.
   *
   * @throws IllegalArgumentException naming the filter that is wrong
   */
  static Predicate<BuildHistoryRecord> parse(List<String> texts, Instant now) {
    if (texts.isEmpty()) {
      return record -> true;
    }
    List<Predicate<BuildHistoryRecord>> any = texts.stream().map(t -> parse(t, now)).toList();
    return record -> any.stream().anyMatch(one -> one.test(record));
  }

  private static Predicate<BuildHistoryRecord> parse(String text, Instant now) {
    List<Predicate<BuildHistoryRecord>> every = new ArrayList<>();
    List<String> rest = new ArrayList<>();
    for (String part : parts(text)) {
      Matcher comparison = COMPARISON.matcher(part.strip());
      if (comparison.matches()) {
        every.add(comparison(comparison, now));
      } else {
        rest.add(part);
      }
    }
    Filter filter = Filter.parse(String.join(",", rest));
    every.add(record -> filter.matches(path -> field(record, path)));
    return record -> every.stream().allMatch(one -> one.test(record));
  }

  /** Splits at commas outside of quotes. */
  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && quoted) {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static Predicate<BuildHistoryRecord> comparison(Matcher m, Instant now) {
    String field = m.group(1);
    String operator = m.group(2);
    String value = m.group(3).strip();
    if (field.equals("duration")) {
      Duration limit =
          GoDuration.parse(value)
              .orElseThrow(() -> new IllegalArgumentException("invalid duration " + value));
      return record -> holds(duration(record).compareTo(limit), operator);
    }
    // Compared in whole seconds, as clients write them.
    long limit =
        GoDuration.parse(value)
            .map(now::minus)
            .orElseGet(() -> GoDuration.time(value))
            .getEpochSecond();
    return field.equals("startedAt")
        ? record -> holds(Long.compare(record.getCreatedAt().getSeconds(), limit), operator)
        : record -> holds(Long.compare(record.getCompletedAt().getSeconds(), limit), operator);
  }

  private static Duration duration(BuildHistoryRecord record) {
    return record.hasCompletedAt()
        ? Duration.between(
            StatusMessages.instant(record.getCreatedAt()),
            StatusMessages.instant(record.getCompletedAt()))
        : Duration.ZERO;
  }

  private static boolean holds(int compared, String operator) {
    return switch (operator) {
      case ">=" -> compared >= 0;
      case "<=" -> compared <= 0;
      case ">" -> compared > 0;
      case "<" -> compared < 0;
      default -> throw new IllegalArgumentException("operator " + operator);
    };
  }

  private static Optional<String> field(BuildHistoryRecord record, List<String> path) {
    return switch (path.getFirst()) {
      case "ref" -> Optional.of(record.getRef()).filter(ref -> !ref.isEmpty());
      case "status" -> Optional.of(status(record));
      case "repository" -> repository(record.getFrontendAttrsMap());
      default -> Optional.empty();
    };
  }

  private static String status(BuildHistoryRecord record) {
    if (!record.hasCompletedAt()) {
      return "running";
    }
    if (!record.hasError()) {
      return "completed";
    }
    return record.getError().getMessage().contains("context canceled") ? "canceled" : "error";
  }

  private static Optional<String> repository(Map<String, String> attrs) {
    Optional<String> source = Optional.ofNullable(attrs.get("vcs:source"));
    return source.isPresent()
        ? source
        : Optional.ofNullable(attrs.get("context"))
            .filter(context -> context.matches("(?:https?|ssh|git)://.*|[^/\\s]+@[^/\\s]+:.*"))
            .map(context -> context.replaceFirst("#.*", ""));
  }
}
