package dev.obdbuild.worker.source.http;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name that a download gets, chosen as BuildKit chooses it; never more than one component. */
public final class FileName {

  private static final String DEFAULT = "download";
  private static final Pattern PARAMETER =
      Pattern.compile(";\\s*([^\\s=;\"]+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^;\\s]*))");

  private FileName() {}

  /**
   * The wanted name if there is one, else the one that the server tells, else the URL's last
   * component.
   *
   * @param disposition the answer's Content-Disposition
   */
  public static String of(String wanted, Optional<String> disposition, URI url) {
    if (!wanted.isEmpty()) {
      return safe(wanted);
    }
    Optional<String> told = disposition.flatMap(FileName::told);
    if (told.isPresent() && !told.get().isEmpty() && !told.get().endsWith("/")) {
      return safe(told.get());
    }
    return safe(Optional.ofNullable(url.getPath()).orElse(""));
  }

  private static Optional<String> told(String disposition) {
    Optional<String> plain = Optional.empty();
    Matcher matcher = PARAMETER.matcher(disposition);
    while (matcher.find()) {
      String quoted = matcher.group(2);
      String value =
          quoted == null
              ? Optional.ofNullable(matcher.group(3)).orElse("")
              : quoted.replaceAll("\\\\(.)", "$1");
      if (matcher.group(1).equalsIgnoreCase("filename*")) {
        Optional<String> extended = extended(value);
        if (extended.isPresent()) {
          return extended;
        }
      } else if (matcher.group(1).equalsIgnoreCase("filename")) {
        plain = Optional.of(value);
      }
    }
    return plain;
  }

  /** {@code UTF-8'language'percent-encoded}. */
  private static Optional<String> extended(String value) {
    String[] parts = value.split("'", 3);
    if (parts.length != 3 || !parts[0].equalsIgnoreCase("utf-8")) {
      return Optional.empty();
    }
    try {
      return Optional.of(URLDecoder.decode(parts[2].replace("+", "%2B"), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The last component, if it can be a file's name. */
  static String safe(String text) {
    String path = text.strip();
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    boolean unusable =
        name.isEmpty()
            || name.equals(".")
            || name.equals("..")
            || name.chars().anyMatch(Character::isISOControl);
    return unusable ? DEFAULT : name;
  }
}
