package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.DockerfileException;
import java.util.ArrayList;
import java.util.List;

/** One record of comma-separated values, fields in double quotes where they hold commas. */
public final class Csv {
  private Csv() {}

  /** The fields of {@code text}. */
  public static List<String> fields(String text) throws DockerfileException {
    if (text.isEmpty()) {
      throw new DockerfileException("EOF");
    }
    List<String> fields = new ArrayList<>();
    int pos = 0;
    while (true) {
      StringBuilder field = new StringBuilder();
      if (pos < text.length() && text.charAt(pos) == '"') {
        pos = quoted(text, pos + 1, field);
      } else {
        int start = pos;
        while (pos < text.length() && text.charAt(pos) != ',') {
          if (text.charAt(pos) == '"') {
            throw error(pos, "bare \" in non-quoted-field");
          }
          pos++;
        }
        field.append(text, start, pos);
      }
      fields.add(field.toString());
      if (pos == text.length()) {
        return fields;
      }
      pos++;
    }
  }

  /** Reads to behind the closing quote; a doubled quote is one of the field's own. */
  private static int quoted(String text, int start, StringBuilder field)
      throws DockerfileException {
    int pos = start;
    while (pos < text.length()) {
      char c = text.charAt(pos++);
      if (c != '"') {
        field.append(c);
      } else if (pos == text.length() || text.charAt(pos) == ',') {
        return pos;
      } else if (text.charAt(pos) == '"') {
        field.append('"');
        pos++;
      } else {
        throw error(pos, "extraneous or missing \" in quoted-field");
      }
    }
    throw error(pos, "extraneous or missing \" in quoted-field");
  }

  private static DockerfileException error(int column, String message) {
    return new DockerfileException(
        "parse error on line 1, column " + (column + 1) + ": " + message);
  }
}
