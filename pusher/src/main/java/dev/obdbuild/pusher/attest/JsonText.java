package dev.obdbuild.pusher.attest;

import java.io.IOException;

/**
 * JSON as text, rewritten without being read into values: so it may be as large as a list of all
 * packages of an image. Checks that brackets and strings end; the rest of the grammar is for
 * whoever reads it.
 */
public final class JsonText {

  private final String json;
  private final String name;
  private final boolean indented;
  private final StringBuilder out;
  private final StringBuilder open = new StringBuilder();

  private JsonText(String json, String name, boolean indented) {
    this.json = json;
    this.name = name;
    this.indented = indented;
    this.out = new StringBuilder(json.length());
  }

  /**
   * The same without white space between values; {@code < > &} are escaped, as Go's encoder does.
   *
   * @param name names the text in errors
   * @throws IOException if brackets or strings do not end, or something follows the value
   */
  public static String compact(String json, String name) throws IOException {
    return new JsonText(json, name, false).rewrite();
  }

  /** The same with one value to a line, indented by two spaces: as clients print it. */
  public static String indent(String json, String name) throws IOException {
    return new JsonText(json, name, true).rewrite();
  }

  private String rewrite() throws IOException {
    int at = 0;
    while (at < json.length()) {
      char c = json.charAt(at);
      switch (c) {
        case ' ', '\t', '\r', '\n' -> {}
        case '"' -> at = string(at);
        case '{', '[' -> at = open(at, c);
        case '}', ']' -> close(at, c);
        case ',' -> {
          out.append(c);
          line();
        }
        case ':' -> out.append(indented ? ": " : ":");
        default -> out.append(c);
      }
      at++;
    }
    if (!open.isEmpty() || out.isEmpty()) {
      throw malformed(json.length(), "the value does not end");
    }
    return out.toString();
  }

  private int open(int at, char c) {
    out.append(c);
    char closing = c == '{' ? '}' : ']';
    int next = at + 1;
    while (next < json.length() && Character.isWhitespace(json.charAt(next))) {
      next++;
    }
    if (next < json.length() && json.charAt(next) == closing) {
      out.append(closing);
      return next;
    }
    open.append(closing);
    line();
    return at;
  }

  private void close(int at, char c) throws IOException {
    if (open.isEmpty() || open.charAt(open.length() - 1) != c) {
      throw malformed(at, "'" + c + "' closes nothing");
    }
    open.setLength(open.length() - 1);
    line();
    out.append(c);
  }

  private int string(int start) throws IOException {
    out.append('"');
    for (int at = start + 1; at < json.length(); at++) {
      char c = json.charAt(at);
      switch (c) {
        case '"' -> {
          out.append(c);
          return at;
        }
        case '\\' -> {
          out.append(c);
          at++;
          out.append(at < json.length() ? json.charAt(at) : ' ');
        }
        case '<', '>', '&', '\u2028', '\u2029' -> out.append(String.format("\\u%04x", (int) c));
        default -> out.append(c);
      }
    }
    throw malformed(start, "a string does not end");
  }

  private void line() {
    if (indented) {
      out.append('\n').repeat("  ", open.length());
    }
  }

  private IOException malformed(int at, String what) {
    return new IOException(name + ": " + what + ", at character " + at + " of its JSON");
  }
}
