package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.parse.Csv;
import dev.obdbuild.llb.ExecMeta.Ulimit;
import dev.obdbuild.oci.json.GoQuote;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Resource limits as users write them: {@code nofile=1024:2048}. */
final class Ulimits {
  private static final Set<String> NAMES =
      Set.of(
          "core",
          "cpu",
          "data",
          "fsize",
          "locks",
          "memlock",
          "msgqueue",
          "nice",
          "nofile",
          "nproc",
          "rss",
          "rtprio",
          "rttime",
          "sigpending",
          "stack");

  private Ulimits() {}

  static List<Ulimit> parse(String text) throws DockerfileException {
    if (text.isEmpty()) {
      return List.of();
    }
    List<Ulimit> limits = new ArrayList<>();
    for (String field : Csv.fields(text)) {
      try {
        limits.add(one(field));
      } catch (DockerfileException e) {
        throw e.prefixed("failed to parse ulimit: ");
      }
    }
    return limits;
  }

  private static Ulimit one(String field) throws DockerfileException {
    String[] parts = field.split("=", 2);
    if (parts.length < 2) {
      throw new DockerfileException("invalid ulimit argument: " + field);
    }
    if (!NAMES.contains(parts[0])) {
      throw new DockerfileException("invalid ulimit type: " + parts[0]);
    }
    String[] values = parts[1].split(":", -1);
    if (values.length > 2) {
      throw new DockerfileException(
          "too many limit value arguments - "
              + parts[1]
              + ", can only have up to two, `soft[:hard]`");
    }
    long soft = number(values[0]);
    long hard = values.length == 2 ? number(values[1]) : soft;
    if (hard != -1 && (soft == -1 || soft > hard)) {
      throw new DockerfileException(
          "ulimit soft limit must be less than or equal to hard limit: " + soft + " > " + hard);
    }
    return new Ulimit(parts[0], soft, hard);
  }

  private static long number(String text) throws DockerfileException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw DockerfileException.of(
          "strconv.ParseInt: parsing " + GoQuote.quote(text) + ": invalid syntax", e);
    }
  }
}
