package dev.obdbuild.builder.cli;

import java.util.Arrays;
import java.util.Optional;

/**
 * Which of the standard streams are terminals; the launcher finds it out, which is cheaper there.
 */
final class Terminals {

  private static final String VARIABLE = "OBD_TERMINALS";

  private Terminals() {}

  static boolean isStandardInput() {
    return has("0");
  }

  static boolean isStandardOutput() {
    return has("1");
  }

  static boolean isStandardError() {
    return has("2");
  }

  private static boolean has(String descriptor) {
    String listed = Optional.ofNullable(System.getenv(VARIABLE)).orElse("");
    return Arrays.asList(listed.split(" ")).contains(descriptor);
  }
}
