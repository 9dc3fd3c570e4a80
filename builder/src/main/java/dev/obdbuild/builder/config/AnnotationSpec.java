package dev.obdbuild.builder.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One annotation of an image, as an attribute of an exporter.
 *
 * @param attribute such as {@code annotation-index.KEY}
 */
public record AnnotationSpec(String attribute, String value) {

  private static final Pattern TYPE = Pattern.compile("([a-z-]+)(?:\\[([A-Za-z0-9_/-]+)])?");
  private static final Set<String> TYPES =
      Set.of("index", "index-descriptor", "manifest", "manifest-descriptor");

  /**
   * Reads {@code [TYPE[[PLATFORM]],...:]KEY=VALUE}.
   *
   * @return one for each type
   * @throws IllegalArgumentException when it is not of that form
   */
  public static List<AnnotationSpec> parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 0) {
      throw new IllegalArgumentException(
          "--annotation: invalid annotation \"" + text + "\", expected key=value");
    }
    String name = text.substring(0, equals);
    String value = text.substring(equals + 1);
    int colon = name.indexOf(':');
    if (colon < 0) {
      return List.of(new AnnotationSpec("annotation." + name, value));
    }
    List<AnnotationSpec> all = new ArrayList<>();
    for (String type : name.substring(0, colon).split(",", -1)) {
      Matcher parts = TYPE.matcher(type);
      if (!parts.matches()) {
        throw new IllegalArgumentException(
            "--annotation: invalid annotation type \""
                + type
                + "\", expected type and optional platform in square brackets");
      }
      if (!TYPES.contains(parts.group(1))) {
        throw new IllegalArgumentException(
            "--annotation: unknown annotation type \"" + parts.group(1) + "\"");
      }
      String platform = parts.group(2) == null ? "" : "[" + parts.group(2) + "]";
      all.add(
          new AnnotationSpec(
              "annotation-" + parts.group(1) + platform + "." + name.substring(colon + 1), value));
    }
    return all;
  }
}
