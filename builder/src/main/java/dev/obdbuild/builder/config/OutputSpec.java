package dev.obdbuild.builder.config;

import java.util.List;
import java.util.SortedMap;

/**
 * One {@code --output}.
 *
 * @param type {@code image}, {@code registry}, {@code oci}, {@code docker}, {@code tar}, {@code
 *     local} or {@code cacheonly}
 * @param dest file or folder that it goes to, {@code -} for standard output, empty when not told
 * @param attrs all others, for the exporter
 */
public record OutputSpec(String type, String dest, SortedMap<String, String> attrs) {

  private static final String FLAG = "--output";

  public OutputSpec {
    attrs = FlagFields.copy(attrs);
  }

  /**
   * Reads {@code type=TYPE[,dest=PATH][,KEY=VALUE...]}, {@code DIR} for a local folder or {@code -}
   * for a tar on standard output.
   *
   * @throws IllegalArgumentException when it is none of them
   */
  public static OutputSpec parse(String text) {
    List<String> fields = FlagFields.split(FLAG, text);
    if (fields.size() == 1 && fields.getFirst().equals(text) && !text.startsWith("type=")) {
      return new OutputSpec(text.equals("-") ? "tar" : "local", text, new java.util.TreeMap<>());
    }
    SortedMap<String, String> pairs = FlagFields.pairs(FLAG, fields);
    String type = pairs.remove("type");
    String dest = pairs.remove("dest");
    if (type == null || type.isEmpty()) {
      throw new IllegalArgumentException(FLAG + " " + text + ": type is required for output");
    }
    return new OutputSpec(type, dest == null ? "" : dest, pairs);
  }

  /** Whether it makes an image, whose names and annotations count. */
  public boolean isImage() {
    return switch (type) {
      case "image", "registry", "oci", "docker" -> true;
      default -> false;
    };
  }
}
