package dev.obdbuild.builder.config;

import java.util.Optional;

/**
 * A question about a Dockerfile that is asked instead of building it.
 *
 * @param request what the frontend is asked: {@code lint}, {@code outline}, {@code targets}, {@code
 *     subrequests.describe}
 * @param json whether the answer is printed as JSON
 * @param ignoreStatus whether the exit code is 0 whatever the answer says
 */
public record CallSpec(String request, boolean json, boolean ignoreStatus) {

  private static final String FLAG = "--call";

  /**
   * Reads {@code NAME[,format=json][,ignorestatus=BOOL]}; empty for {@code build}.
   *
   * @throws IllegalArgumentException when it is not of that form
   */
  public static Optional<CallSpec> parse(String text) {
    String name = "";
    boolean json = false;
    boolean ignore = false;
    for (String field : FlagFields.split(FLAG, text)) {
      int equals = field.indexOf('=');
      String value = field.substring(equals + 1);
      switch (equals < 0 ? "" : field.substring(0, equals)) {
        case "" -> {
          if (!name.isEmpty()) {
            throw new IllegalArgumentException(FLAG + ": invalid print value: " + text);
          }
          name = field;
        }
        case "format" -> json = format(value);
        case "ignorestatus" ->
            ignore =
                FlagFields.truth(value)
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                FLAG + ": invalid ignorestatus print value: " + text));
        default -> throw new IllegalArgumentException(FLAG + ": invalid print field: " + field);
      }
    }
    return switch (name) {
      case "", "build" -> Optional.empty();
      case "check", "lint" -> Optional.of(new CallSpec("lint", json, ignore));
      case "outline", "targets", "subrequests.describe" ->
          Optional.of(new CallSpec(name, json, ignore));
      default ->
          throw new IllegalArgumentException(
              FLAG + " " + name + ": must be build, check, outline or targets");
    };
  }

  private static boolean format(String value) {
    return switch (value) {
      case "json" -> true;
      case "", "text" -> false;
      default -> throw new IllegalArgumentException(FLAG + ": format " + value + " is not json");
    };
  }

  /** The question's name for the frontend. */
  public String requestId() {
    return "frontend." + request;
  }
}
