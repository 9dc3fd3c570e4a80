package dev.obdbuild.oci.registry;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a registry wants to be signed in to, from its {@code WWW-Authenticate} header. */
sealed interface Challenge {
  /** By name and password in each request. */
  record Basic() implements Challenge {}

  /** By a token from the server at {@code realm}. */
  record Bearer(String realm, String service, String scope) implements Challenge {}

  /**
   * A token and its parameter value, quoted or not; possessive, since else Java recurs by letter.
   */
  Pattern PARAMETER =
      Pattern.compile("([A-Za-z]+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\\s,]+))");

  /** The first challenge of {@code headers} that we can answer, a token before a password. */
  static Optional<Challenge> parse(List<String> headers) {
    Optional<Challenge> basic = Optional.empty();
    for (String header : headers) {
      String scheme = header.strip().split("\\s", 2)[0].toLowerCase(Locale.ROOT);
      if (scheme.equals("bearer")) {
        Map<String, String> parameters = parameters(header);
        String realm = parameters.getOrDefault("realm", "");
        if (!realm.isEmpty()) {
          return Optional.of(
              new Bearer(
                  realm,
                  parameters.getOrDefault("service", ""),
                  parameters.getOrDefault("scope", "")));
        }
      } else if (scheme.equals("basic")) {
        basic = Optional.of(new Basic());
      }
    }
    return basic;
  }

  private static Map<String, String> parameters(String header) {
    Map<String, String> parameters = new HashMap<>();
    Matcher matcher = PARAMETER.matcher(header);
    while (matcher.find()) {
      String value =
          matcher.group(2) == null
              ? matcher.group(3)
              : matcher.group(2).replaceAll("\\\\(.)", "$1");
      parameters.put(matcher.group(1).toLowerCase(Locale.ROOT), value);
    }
    return parameters;
  }
}
