package dev.obdbuild.frontend.expand;

import dev.obdbuild.frontend.DockerfileException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One expansion: a position in a text and what has been made of it so far. */
final class WordScanner {
  private static final int END = -1;
  private static final int MAX_DEPTH = 200;

  private final String text;
  private final Variables variables;
  private final Style style;
  private final int escape;
  private final Allowance allowance;
  private final Set<String> matched = new HashSet<>();
  private final Set<String> unmatched = new HashSet<>();
  private boolean keepEscapes;
  private int pos;
  private int depth;

  /** Some text and the words in it. */
  private record Piece(String text, List<String> words) {}

  WordScanner(String text, Variables variables, Style style, char escape, Allowance allowance) {
    this.text = text;
    this.variables = variables;
    this.style = style;
    this.escape = escape;
    this.allowance = allowance;
    this.keepEscapes = style.keepEscapes();
  }

  Expanded scan() throws DockerfileException {
    Piece piece = until(END, style.keepEscapes());
    return new Expanded(piece.text, piece.words, matched, unmatched);
  }

  private int peek() {
    return pos < text.length() ? text.codePointAt(pos) : END;
  }

  private int next() {
    int c = peek();
    pos += c == END ? 0 : Character.charCount(c);
    return c;
  }

  /** Expands up to {@code stop}, which is consumed; nested text has its own escape rule. */
  private Piece until(int stop, boolean escapesStay) throws DockerfileException {
    if (++depth > MAX_DEPTH) {
      throw new DockerfileException("substitutions are nested deeper than " + MAX_DEPTH);
    }
    boolean outer = keepEscapes;
    keepEscapes = escapesStay;
    try {
      StringBuilder out = new StringBuilder();
      Words words = new Words();
      while (peek() != END) {
        if (stop != END && peek() == stop) {
          next();
          return new Piece(out.toString(), words.finish());
        }
        step(out, words);
      }
      if (stop != END) {
        throw new DockerfileException(
            "unexpected end of statement while looking for matching " + Character.toString(stop));
      }
      return new Piece(out.toString(), words.finish());
    } finally {
      keepEscapes = outer;
      depth--;
    }
  }

  private void step(StringBuilder out, Words words) throws DockerfileException {
    int c = peek();
    if (c == '$') {
      String value = dollar();
      append(out, value);
      words.add(value);
    } else if (c == '\'' && !style.plainQuotes()) {
      String quoted = singleQuoted();
      append(out, quoted);
      words.raw(quoted);
    } else if (c == '"' && !style.plainQuotes()) {
      String quoted = doubleQuoted();
      append(out, quoted);
      words.raw(quoted);
    } else if (c == '<') {
      String redirection = redirection();
      append(out, redirection);
      words.raw(redirection);
    } else {
      plain(out, words);
    }
  }

  private void plain(StringBuilder out, Words words) throws DockerfileException {
    int c = next();
    if (c == escape) {
      if (keepEscapes) {
        words.raw(c);
        append(out, c);
      }
      c = next();
      if (c == END) {
        return;
      }
      words.raw(c);
    } else {
      words.add(c);
    }
    append(out, c);
  }

  /** {@code <<} and blanks after it stay one word, so that {@code << EOF} is one. */
  private String redirection() {
    int start = pos;
    next();
    if (peek() == '<') {
      next();
      while (peek() == ' ' || peek() == '\t') {
        next();
      }
    }
    return text.substring(start, pos);
  }

  private String singleQuoted() throws DockerfileException {
    int start = pos;
    int end = text.indexOf('\'', pos + 1);
    if (end < 0) {
      throw new DockerfileException(
          "unexpected end of statement while looking for matching single-quote");
    }
    pos = end + 1;
    return style.keepQuotes() ? text.substring(start, pos) : text.substring(start + 1, end);
  }

  private String doubleQuoted() throws DockerfileException {
    StringBuilder out = new StringBuilder();
    next();
    quote(out);
    while (true) {
      int c = peek();
      if (c == END) {
        throw new DockerfileException(
            "unexpected end of statement while looking for matching double-quote");
      }
      if (c == '"') {
        next();
        quote(out);
        return out.toString();
      }
      if (c == '$') {
        append(out, dollar());
      } else {
        inQuotes(out);
      }
    }
  }

  private void quote(StringBuilder out) throws DockerfileException {
    if (style.keepQuotes()) {
      append(out, '"');
    }
  }

  private void inQuotes(StringBuilder out) throws DockerfileException {
    int c = next();
    if (c == escape) {
      if (keepEscapes) {
        append(out, c);
      }
      int protectedChar = peek();
      if (protectedChar == END) {
        return;
      }
      if (protectedChar == '"' || protectedChar == '$' || protectedChar == escape) {
        c = next();
      }
    }
    append(out, c);
  }

  private String dollar() throws DockerfileException {
    next();
    if (peek() == '{') {
      next();
      return braces();
    }
    String name = name();
    if (name.isEmpty()) {
      return "$";
    }
    Optional<String> value = value(name);
    return value.isEmpty() && style.keepUnset() ? "$" + name : value.orElse("");
  }

  private String braces() throws DockerfileException {
    switch (peek()) {
      case END -> throw new DockerfileException("syntax error: missing '}'");
      case '{', '}', ':' -> throw new DockerfileException("syntax error: bad substitution");
      default -> {}
    }
    String name = name();
    int c = next();
    return switch (c) {
      case '}' -> {
        Optional<String> value = value(name);
        yield value.isEmpty() && style.keepUnset() ? "${" + name + "}" : value.orElse("");
      }
      case ':' -> modified(name, next(), true);
      case '+', '-', '?', '#', '%' -> modified(name, c, false);
      case '/' -> replaced(name);
      default -> throw unsupported(character(c));
    };
  }

  private String modified(String name, int operator, boolean colon) throws DockerfileException {
    String word = argument('}', operator == '#' || operator == '%', "syntax error: missing '}'");
    Optional<String> value = value(name);
    String modifier = (colon ? ":" : "") + character(operator);
    if (value.isEmpty() && style.keepUnset()) {
      return "${" + name + modifier + word + "}";
    }
    boolean missing = value.isEmpty() || colon && value.get().isEmpty();
    return switch (operator) {
      case '-' -> missing ? word : value.get();
      case '+' -> missing ? "" : word;
      case '?' -> {
        if (missing) {
          String reason = value.isEmpty() ? "unset" : "empty";
          throw new DockerfileException(
              name + ": " + (word.isEmpty() ? "is not allowed to be " + reason : word));
        }
        yield value.get();
      }
      case '#', '%' -> {
        boolean longest = !word.isEmpty() && word.charAt(0) == operator;
        Pattern pattern = new Pattern(longest ? word.substring(1) : word);
        allowance.match(value.orElse(""), word);
        yield operator == '#'
            ? pattern.withoutPrefix(value.orElse(""), longest)
            : pattern.withoutSuffix(value.orElse(""), longest);
      }
      default -> throw unsupported(modifier);
    };
  }

  private String replaced(String name) throws DockerfileException {
    boolean all = peek() == '/';
    if (all) {
      next();
    }
    String pattern = argument('/', true, "syntax error: missing '/' in ${}");
    String replacement = argument('}', true, "syntax error: missing '}'");
    Optional<String> value = value(name);
    if (value.isEmpty() && style.keepUnset()) {
      return "${" + name + "/" + pattern + "/" + replacement + "}";
    }
    allowance.match(value.orElse(""), pattern);
    return new Pattern(pattern).replace(value.orElse(""), replacement, all, allowance.characters());
  }

  /** The nested text of a substitution; {@code missing} is the error if its end is not there. */
  private String argument(int stop, boolean escapesStay, String missing)
      throws DockerfileException {
    try {
      return until(stop, escapesStay).text;
    } catch (DockerfileException e) {
      throw peek() == END ? new DockerfileException(missing) : e;
    }
  }

  private static DockerfileException unsupported(String modifier) {
    return new DockerfileException("unsupported modifier (" + modifier + ") in substitution");
  }

  private static String character(int c) {
    return c == END ? "\uFFFD" : Character.toString(c);
  }

  private String name() {
    int start = pos;
    int first = peek();
    if (Character.isDigit(first)) {
      while (Character.isDigit(peek())) {
        next();
      }
    } else if (first != END && "@*#?-$!0".indexOf(first) >= 0) {
      next();
    } else {
      while (Character.isLetter(peek()) || Character.isDigit(peek()) || peek() == '_') {
        next();
      }
    }
    return text.substring(start, pos);
  }

  private Optional<String> value(String name) {
    Optional<String> value = variables.get(name);
    (value.isPresent() ? matched : unmatched).add(name);
    return value;
  }

  private void append(StringBuilder out, String part) throws DockerfileException {
    allowance.spend(part.length());
    out.append(part);
  }

  private void append(StringBuilder out, int c) throws DockerfileException {
    allowance.spend(1);
    out.appendCodePoint(c);
  }
}
