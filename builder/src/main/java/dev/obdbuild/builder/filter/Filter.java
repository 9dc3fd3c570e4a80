package dev.obdbuild.builder.filter;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Chooses among things that have named fields.
 *
 * <pre>
 * filter   = selector ("," selector)*          all must match
 * selector = path | path operator value       a path alone asks whether the field is there
 * path     = field ("." field)*
 * operator = "==" | "!=" | "~="                ~= is a regular expression that matches anywhere
 * field, value may be quoted as in Go; the value of ~= also as /.../ or |...|
 * </pre>
 *
 * Several filters are alternatives; none chooses everything, and so does an empty text.
 */
@FunctionalInterface
public interface Filter {

  /** What is asked of a thing. */
  @FunctionalInterface
  interface Fields {
    /**
     * The value of a field, empty when the thing has none. A flag that is set has an empty value.
     */
    Optional<String> get(List<String> path);
  }

  /** Whether the filter chooses the thing. */
  boolean matches(Fields fields);

  /** Chooses everything. */
  static Filter all() {
    return fields -> true;
  }

  /**
   * Filters as a client sends them.
   *
   * @throws IllegalArgumentException naming the filter and the place in it that is wrong
   */
  static Filter parse(List<String> texts) {
    if (texts.isEmpty()) {
      return all();
    }
    List<Filter> any = texts.stream().map(Filter::parse).toList();
    return fields -> any.stream().anyMatch(filter -> filter.matches(fields));
  }

  /** One filter. */
  static Filter parse(String text) {
    if (text.isEmpty()) {
      return all();
    }
    FilterScanner scanner = new FilterScanner(text);
    List<Filter> every = new ArrayList<>();
    do {
      every.add(selector(scanner));
    } while (scanner.skip(','));
    if (!scanner.atEnd()) {
      throw scanner.error("expected ',' or the end");
    }
    return fields -> every.stream().allMatch(filter -> filter.matches(fields));
  }

  private static Filter selector(FilterScanner scanner) {
    List<String> path = new ArrayList<>();
    do {
      path.add(scanner.field());
    } while (scanner.skip('.'));
    if (scanner.atEnd() || scanner.isNext(',')) {
      return fields -> fields.get(path).isPresent();
    }
    String operator = scanner.operator();
    return switch (operator) {
      case "==" -> {
        String value = scanner.value(false);
        yield fields -> fields.get(path).filter(value::equals).isPresent();
      }
      case "!=" -> {
        String value = scanner.value(false);
        yield fields -> !fields.get(path).orElse("").equals(value);
      }
      case "~=" -> {
        Pattern pattern = scanner.pattern();
        yield fields -> pattern.matcher(fields.get(path).orElse("")).find();
      }
      default -> throw scanner.error("unknown operator '" + operator + "'");
    };
  }
}
