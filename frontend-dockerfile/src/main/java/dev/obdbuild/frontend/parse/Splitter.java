package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.expand.Blank;
import java.util.ArrayList;
import java.util.List;

/** Splits arguments into words, in the ways the instructions need. */
final class Splitter {
  private Splitter() {}

  /** The flags at the start of some arguments, and what follows them. */
  record Flagged(List<String> flags, String rest) {}

  /** Whether {@code c} separates words of lists; other white space does not. */
  static boolean separates(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == 0x0b;
  }

  /** The first word, and the rest behind the blanks that follow it; both may be empty. */
  static String[] firstWord(String text) {
    int end = 0;
    while (end < text.length() && !separates(text.charAt(end))) {
      end++;
    }
    int rest = end;
    while (rest < text.length() && separates(text.charAt(rest))) {
      rest++;
    }
    return new String[] {text.substring(0, end), text.substring(rest)};
  }

  /** Words between blanks. */
  static List<String> list(String text) {
    List<String> words = new ArrayList<>();
    String rest = text;
    while (!rest.isEmpty()) {
      String[] split = firstWord(rest);
      words.add(split[0]);
      rest = split[1];
    }
    return words;
  }

  /** Words between white space that is neither quoted nor escaped; quotes and escapes stay. */
  static List<String> quoted(String text, char escape) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote == 0 && Blank.is(c)) {
        if (inWord && !word.isEmpty()) {
          words.add(word.toString());
        }
        word.setLength(0);
        inWord = false;
        continue;
      }
      inWord = true;
      if (c == escape && quote != '\'') {
        if (i + 1 == text.length()) {
          break;
        }
        word.append(c).append(text.charAt(++i));
        continue;
      }
      if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
      word.append(c);
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }

  /**
   * Takes flags off the start: words that begin with {@code --}. Quotes are removed, {@code escape}
   * protects the next character, even between single quotes; a lone {@code --} ends them.
   */
  static Flagged flags(String text, char escape) {
    List<String> flags = new ArrayList<>();
    int i = 0;
    while (true) {
      while (i < text.length() && Blank.is(text.charAt(i))) {
        i++;
      }
      if (!text.startsWith("--", i)) {
        return new Flagged(flags, text.substring(i));
      }
      StringBuilder word = new StringBuilder();
      char quote = 0;
      while (i < text.length() && (quote != 0 || !Blank.is(text.charAt(i)))) {
        char c = text.charAt(i++);
        if (c == escape) {
          if (i < text.length()) {
            word.append(text.charAt(i++));
          }
        } else if (quote == 0 && (c == '\'' || c == '"')) {
          quote = c;
        } else if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      }
      if (word.toString().equals("--")) {
        return new Flagged(flags, text.substring(i));
      }
      flags.add(word.toString());
    }
  }
}
