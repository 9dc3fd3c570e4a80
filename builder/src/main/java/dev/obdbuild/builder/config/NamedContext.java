package dev.obdbuild.builder.config;

import java.util.Locale;

/**
 * One {@code --build-context}.
 *
 * @param name of the stage or image whose place it takes
 * @param value a folder, {@code docker-image://}, {@code oci-layout://}, {@code target:} with a
 *     stage of the same Dockerfile, or an address
 */
public record NamedContext(String name, String value) {

  /**
   * Reads {@code NAME=VALUE}.
   *
   * @throws IllegalArgumentException when it is not of that form
   */
  public static NamedContext parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 1 || equals == text.length() - 1) {
      throw new IllegalArgumentException(
          "--build-context: invalid context value: " + text + ", expected key=value");
    }
    return new NamedContext(
        text.substring(0, equals).toLowerCase(Locale.ROOT), text.substring(equals + 1));
  }
}
