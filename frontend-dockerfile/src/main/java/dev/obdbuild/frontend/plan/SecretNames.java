package dev.obdbuild.frontend.plan;

import java.util.regex.Pattern;

/** Tells variables that are likely to hold a secret by their names. */
final class SecretNames {
  private static final Pattern SECRET =
      word("apikey|auth|credential|credentials|key|password|pword|passwd|secret|token");
  private static final Pattern HARMLESS = word("public|file|version");

  private SecretNames() {}

  private static Pattern word(String words) {
    return Pattern.compile("(?:_|^)(?:" + words + ")(?:_|$)", Pattern.CASE_INSENSITIVE);
  }

  static boolean matches(String name) {
    return SECRET.matcher(name).find() && !HARMLESS.matcher(name).find();
  }
}
