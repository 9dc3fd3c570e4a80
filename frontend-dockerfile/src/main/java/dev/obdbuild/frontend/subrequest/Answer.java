package dev.obdbuild.frontend.subrequest;

import dev.obdbuild.frontend.Lines;
import dev.obdbuild.oci.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The parts that all answers have in common. */
final class Answer {
  private static final String VERSION = "1.0.0";
  private static final String INDENT = "  ";

  private Answer() {}

  /** The metadata of a result. */
  static SortedMap<String, byte[]> of(String json, String text) {
    SortedMap<String, byte[]> metadata = new TreeMap<>();
    metadata.put("result.json", bytes(indented(json)));
    metadata.put("result.txt", bytes(text));
    metadata.put("version", bytes(VERSION));
    return metadata;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A place as it stands in answers, one range for each line. */
  static JsonWriter location(Lines lines) {
    List<JsonWriter> ranges =
        IntStream.rangeClosed(lines.first(), lines.last()).mapToObj(Answer::range).toList();
    return new JsonWriter().objects("ranges", ranges);
  }

  private static JsonWriter range(int line) {
    return new JsonWriter()
        .object("start", new JsonWriter().integer("line", line))
        .object("end", new JsonWriter().integer("line", line));
  }

  static String base64(byte[] data) {
    return Base64.getEncoder().encodeToString(data);
  }

  /** Compact JSON on many lines. */
  static String indented(String json) {
    StringBuilder out = new StringBuilder();
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (quoted) {
        out.append(c);
        if (c == '\\') {
          out.append(json.charAt(++i));
        }
        quoted = c != '"';
        continue;
      }
      switch (c) {
        case '{', '[' -> {
          out.append(c);
          char next = json.charAt(i + 1);
          if (next == '}' || next == ']') {
            out.append(next);
            i++;
          } else {
            out.append('\n').repeat(INDENT, ++depth);
          }
        }
        case '}', ']' -> out.append('\n').repeat(INDENT, --depth).append(c);
        case ',' -> out.append(",\n").repeat(INDENT, depth);
        case ':' -> out.append(": ");
        default -> {
          out.append(c);
          quoted = c == '"';
        }
      }
    }
    return out.toString();
  }
}
