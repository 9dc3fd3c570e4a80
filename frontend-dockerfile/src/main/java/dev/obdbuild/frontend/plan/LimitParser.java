package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.llb.LinuxResources;
import dev.obdbuild.oci.json.GoQuote;
import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the options that limit memory and processors of steps; texts of errors are BuildKit's. */
final class LimitParser {
  private static final Pattern SIGNED = Pattern.compile("[+-]?[0-9]+");
  private static final Pattern UNSIGNED = Pattern.compile("[0-9]+");
  private static final Pattern LEADING_ZEROS = Pattern.compile("^([+-]?)0+(?=[0-9])");

  /** The largest index of a processor or memory node. */
  private static final int SPAN = 8192;

  private final FrontendOptions options;

  LimitParser(FrontendOptions options) {
    this.options = options;
  }

  /** The limits, if any is set. */
  Optional<LinuxResources> parse() throws DockerfileException {
    LinuxResources limits =
        new LinuxResources(
            signed("memory", 1, "> 0"),
            signed("memswap", -1, "-1 (unlimited) or > 0"),
            unsigned("cpushares"),
            unsigned("cpuperiod"),
            signed("cpuquota", 1, "> 0"),
            processors("cpusetcpus"),
            processors("cpusetmems"));
    return limits.equals(LinuxResources.NONE) ? Optional.empty() : Optional.of(limits);
  }

  private String get(String name) {
    return options.attributes().getOrDefault(name, "");
  }

  /** A number of 64 bits as Go's strconv reads it. */
  static long signed(String text, String prefix) throws DockerfileException {
    return number(text, SIGNED, 63, prefix + "strconv.ParseInt");
  }

  private long signed(String name, long least, String rule) throws DockerfileException {
    String text = get(name);
    if (text.isEmpty()) {
      return 0;
    }
    long value = signed(text, invalid(name, text));
    if (value < least || value == 0) {
      throw new DockerfileException(invalid(name, text) + "must be " + rule);
    }
    return value;
  }

  private long unsigned(String name) throws DockerfileException {
    String text = get(name);
    if (text.isEmpty()) {
      return 0;
    }
    long value = number(text, UNSIGNED, 64, invalid(name, text) + "strconv.ParseUint");
    if (value == 0) {
      throw new DockerfileException(invalid(name, text) + "must be > 0");
    }
    return value;
  }

  private static long number(String text, Pattern digits, int bits, String prefix)
      throws DockerfileException {
    String failed = prefix + ": parsing " + GoQuote.quote(text) + ": ";
    if (!digits.matcher(text).matches()) {
      throw new DockerfileException(failed + "invalid syntax");
    }
    String bare = LEADING_ZEROS.matcher(text).replaceFirst("$1");
    // a number of more digits than 20 and a sign fits nowhere, and a long one is slow to read
    BigInteger value = bare.length() > 21 ? BigInteger.TWO.pow(64) : new BigInteger(bare);
    if (value.bitLength() > bits) {
      throw new DockerfileException(failed + "value out of range");
    }
    return value.longValue();
  }

  private String processors(String name) throws DockerfileException {
    String text = get(name);
    for (String piece : text.split(",", -1)) {
      String part = piece.strip();
      if (!part.isEmpty()) {
        checkProcessors(part, invalid(name, text));
      }
    }
    return text;
  }

  private static void checkProcessors(String part, String prefix) throws DockerfileException {
    int dash = part.indexOf('-');
    String kind = dash < 0 ? "element " : "range ";
    long low = index(dash < 0 ? part : part.substring(0, dash).strip());
    long high = dash < 0 ? low : index(part.substring(dash + 1).strip());
    if (low < 0 || high < low) {
      throw new DockerfileException(prefix + "invalid cpuset " + kind + GoQuote.quote(part));
    }
    if (high > SPAN) {
      throw new DockerfileException(
          prefix + "cpuset " + kind + GoQuote.quote(part) + " exceeds maximum " + SPAN);
    }
  }

  /** The index, or -1 if the text is none. */
  private static long index(String text) {
    try {
      return SIGNED.matcher(text).matches() ? Long.parseLong(text) : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static String invalid(String name, String text) {
    return "failed to parse resource limits: invalid " + name + " value: " + text + ": ";
  }
}
