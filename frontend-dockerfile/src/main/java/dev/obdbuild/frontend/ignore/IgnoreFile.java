package dev.obdbuild.frontend.ignore;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.expand.Blank;
import dev.obdbuild.oci.json.GoQuote;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the patterns of an ignore file. */
public final class IgnoreFile {
  private IgnoreFile() {}

  /**
   * The patterns in order: without comments and blanks, cleaned, relative; those that take files
   * back in start with {@code !}. The last one that matches a path counts.
   *
   * @param name names the file in errors
   */
  public static List<String> patterns(byte[] content, String name) throws DockerfileException {
    String text = new String(content, StandardCharsets.UTF_8);
    if (text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    List<String> patterns = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      if (!line.startsWith("#") && !Blank.trim(line).isEmpty()) {
        patterns.add(pattern(Blank.trim(line), name));
      }
    }
    return patterns;
  }

  private static String pattern(String line, String name) throws DockerfileException {
    boolean takesBack = line.startsWith("!");
    String pattern = takesBack ? Blank.trim(line.substring(1)) : line;
    if (!pattern.isEmpty()) {
      pattern = UnixPath.clean(pattern);
      if (pattern.length() > 1 && pattern.startsWith("/")) {
        pattern = pattern.substring(1);
      }
    }
    if (takesBack && pattern.isEmpty()) {
      throw failed(name, "illegal exclusion pattern: " + GoQuote.quote("!"));
    }
    if (!PatternSyntax.isValid(pattern)) {
      throw failed(name, "syntax error in pattern");
    }
    return takesBack ? "!" + pattern : pattern;
  }

  private static DockerfileException failed(String name, String reason) {
    return new DockerfileException("failed parsing " + name + ": " + reason);
  }
}
