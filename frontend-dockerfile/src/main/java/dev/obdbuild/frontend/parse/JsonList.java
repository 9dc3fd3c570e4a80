package dev.obdbuild.frontend.parse;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads arguments that may be a JSON list of strings. Only tells three cases apart, so it needs no
 * tree: a list of strings, a list with something else in it, anything else.
 */
final class JsonList {
  private static final int MAX_DEPTH = 100;

  private final String text;
  private int pos;

  private JsonList(String text) {
    this.text = text;
  }

  /** What was found. */
  sealed interface Result permits Strings, Mixed, Other {}

  /** A list of strings. */
  record Strings(List<String> values) implements Result {}

  /** A list that holds something else as well. */
  record Mixed() implements Result {}

  /** No list, or no JSON. */
  record Other() implements Result {}

  static Result parse(String text) {
    JsonList parser = new JsonList(text);
    parser.blanks();
    if (!parser.take('[')) {
      return new Other();
    }
    try {
      return parser.list();
    } catch (NotJson e) {
      return new Other();
    }
  }

  private static final class NotJson extends Exception {
    private static final long serialVersionUID = 1L;

    NotJson() {
      super(null, null, false, false);
    }
  }

  private Result list() throws NotJson {
    List<String> values = new ArrayList<>();
    boolean mixed = false;
    blanks();
    if (!take(']')) {
      do {
        blanks();
        if (peek() == '"') {
          values.add(string());
        } else {
          value(0);
          mixed = true;
        }
        blanks();
      } while (take(','));
      expect(']');
    }
    blanks();
    if (pos != text.length()) {
      throw new NotJson();
    }
    return mixed ? new Mixed() : new Strings(values);
  }

  private void value(int depth) throws NotJson {
    if (depth > MAX_DEPTH) {
      throw new NotJson();
    }
    blanks();
    switch (peek()) {
      case '"' -> string();
      case '[' -> members(']', depth);
      case '{' -> members('}', depth);
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> number();
    }
  }

  private void members(char end, int depth) throws NotJson {
    pos++;
    blanks();
    if (take(end)) {
      return;
    }
    do {
      blanks();
      if (end == '}') {
        if (peek() != '"') {
          throw new NotJson();
        }
        string();
        blanks();
        expect(':');
      }
      value(depth + 1);
      blanks();
    } while (take(','));
    expect(end);
  }

  private void word(String word) throws NotJson {
    if (!text.startsWith(word, pos)) {
      throw new NotJson();
    }
    pos += word.length();
  }

  private void number() throws NotJson {
    take('-');
    if (!take('0')) {
      digits();
    }
    if (take('.')) {
      digits();
    }
    if (take('e') || take('E')) {
      if (!take('+')) {
        take('-');
      }
      digits();
    }
  }

  private void digits() throws NotJson {
    int start = pos;
    while (peek() >= '0' && peek() <= '9') {
      pos++;
    }
    if (pos == start) {
      throw new NotJson();
    }
  }

  private String string() throws NotJson {
    StringBuilder out = new StringBuilder();
    pos++;
    while (true) {
      int c = peek();
      if (c < 0x20) {
        throw new NotJson();
      }
      pos++;
      if (c == '"') {
        return out.toString();
      }
      out.append(c == '\\' ? escaped() : (char) c);
    }
  }

  private char escaped() throws NotJson {
    int c = peek();
    pos++;
    return switch (c) {
      case '"', '\\', '/' -> (char) c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw new NotJson();
    };
  }

  private char unicode() throws NotJson {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(peek(), 16);
      if (digit < 0) {
        throw new NotJson();
      }
      value = value * 16 + digit;
      pos++;
    }
    return (char) value;
  }

  private int peek() {
    return pos < text.length() ? text.charAt(pos) : -1;
  }

  private boolean take(char c) {
    if (peek() == c) {
      pos++;
      return true;
    }
    return false;
  }

  private void expect(char c) throws NotJson {
    if (!take(c)) {
      throw new NotJson();
    }
  }

  private void blanks() {
    while (pos < text.length() && " \t\n\r".indexOf(text.charAt(pos)) >= 0) {
      pos++;
    }
  }
}
