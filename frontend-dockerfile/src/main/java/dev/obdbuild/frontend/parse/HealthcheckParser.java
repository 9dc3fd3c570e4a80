package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.parse.Flags.Kind;
import dev.obdbuild.oci.image.Healthcheck;
import dev.obdbuild.oci.json.GoQuote;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** HEALTHCHECK. */
final class HealthcheckParser {
  private static final Map<String, Kind> FLAGS =
      Map.of(
          "interval", Kind.STRING,
          "timeout", Kind.STRING,
          "start-period", Kind.STRING,
          "start-interval", Kind.STRING,
          "retries", Kind.STRING);

  private HealthcheckParser() {}

  static Instruction parse(Node node, Origin origin) throws DockerfileException {
    if (node.args().isEmpty()) {
      throw InstructionParser.atLeastOneArgument("HEALTHCHECK");
    }
    List<String> args = node.values();
    String type = args.getFirst().toUpperCase(Locale.ROOT);
    List<String> command = args.subList(1, args.size());
    if (type.equals("NONE")) {
      if (!command.isEmpty()) {
        throw new DockerfileException("HEALTHCHECK NONE takes no arguments");
      }
      Duration zero = Duration.ZERO;
      return new Instruction.Health(
          origin, new Healthcheck(List.of("NONE"), zero, zero, zero, zero, 0));
    }
    Flags flags = new Flags(node.flags(), FLAGS);
    if (!type.equals("CMD")) {
      throw new DockerfileException(
          "Unknown type " + GoQuote.quote(type) + " in HEALTHCHECK (try CMD)");
    }
    if (command.isEmpty()) {
      throw new DockerfileException("Missing command after HEALTHCHECK CMD");
    }
    List<String> test = new ArrayList<>();
    test.add(node.json() ? "CMD" : "CMD-SHELL");
    test.addAll(command);
    return new Instruction.Health(
        origin,
        new Healthcheck(
            test,
            interval(flags, "interval"),
            interval(flags, "timeout"),
            interval(flags, "start-period"),
            interval(flags, "start-interval"),
            retries(flags.string("retries"))));
  }

  private static Duration interval(Flags flags, String name) throws DockerfileException {
    String text = flags.string(name);
    if (text.isEmpty()) {
      return Duration.ZERO;
    }
    Duration duration = GoDuration.parse(text);
    if (!duration.isZero() && duration.compareTo(Duration.ofMillis(1)) < 0) {
      throw new DockerfileException("Interval " + GoQuote.quote(name) + " cannot be less than 1ms");
    }
    return duration;
  }

  private static long retries(String text) throws DockerfileException {
    if (text.isEmpty()) {
      return 0;
    }
    int retries;
    try {
      retries = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw DockerfileException.of(
          "strconv.ParseInt: parsing " + GoQuote.quote(text) + ": invalid syntax", e);
    }
    if (retries < 0) {
      throw new DockerfileException("--retries cannot be negative (" + retries + ")");
    }
    return retries;
  }
}
