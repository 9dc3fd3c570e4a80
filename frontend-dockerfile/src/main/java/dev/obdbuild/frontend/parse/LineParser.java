package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.expand.Blank;
import dev.obdbuild.frontend.parse.Node.Word;
import dev.obdbuild.oci.json.GoQuote;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One instruction line to words, by the shape its keyword asks for. */
final class LineParser {
  private final char escape;

  LineParser(char escape) {
    this.escape = escape;
  }

  /** Whether documents may follow this line: ADD, COPY and RUN whose arguments are not JSON. */
  static boolean mayHoldHeredocs(String line, char escape) {
    String[] split = Splitter.firstWord(Blank.trim(line));
    String keyword = split[0].toLowerCase(Locale.ROOT);
    if (keyword.equals("onbuild")) {
      split = Splitter.firstWord(Blank.trim(Splitter.flags(split[1], escape).rest()));
      keyword = split[0].toLowerCase(Locale.ROOT);
    }
    return switch (keyword) {
      case "add", "copy", "run" ->
          !(JsonList.parse(Blank.trim(Splitter.flags(split[1], escape).rest()))
              instanceof JsonList.Strings);
      default -> false;
    };
  }

  Node parse(String line) throws DockerfileException {
    String text = Blank.trim(line);
    String[] split = Splitter.firstWord(text);
    Splitter.Flagged flagged = Splitter.flags(split[1], escape);
    String rest = Blank.trim(flagged.rest());
    List<Word> args = new ArrayList<>();
    boolean json = false;
    switch (split[0].toLowerCase(Locale.ROOT)) {
      case "run", "cmd", "entrypoint", "shell" -> json = jsonOr(rest, args, List.of(rest));
      case "add", "copy", "volume" -> json = jsonOr(rest, args, Splitter.list(rest));
      case "from", "expose" -> words(Splitter.list(rest), args);
      case "env", "label" -> pairs(split[0].toUpperCase(Locale.ROOT), rest, args);
      case "arg" -> words(Splitter.quoted(rest, escape), args);
      case "healthcheck" -> json = healthcheck(rest, args);
      default -> words(List.of(rest), args);
    }
    return new Node(split[0], text, flagged.flags(), List.copyOf(args), json);
  }

  private static void words(List<String> words, List<Word> args) {
    if (!words.equals(List.of(""))) {
      words.forEach(word -> args.add(Word.of(word)));
    }
  }

  private static boolean jsonOr(String rest, List<Word> args, List<String> otherwise)
      throws DockerfileException {
    return switch (JsonList.parse(rest)) {
      case JsonList.Strings(List<String> values) -> {
        values.forEach(value -> args.add(Word.of(value)));
        yield true;
      }
      case JsonList.Mixed _ ->
          throw new DockerfileException(
              "when using JSON array syntax, arrays must be comprised of strings only");
      case JsonList.Other _ -> {
        words(otherwise, args);
        yield false;
      }
    };
  }

  private static boolean healthcheck(String rest, List<Word> args) throws DockerfileException {
    int end = 0;
    while (end < rest.length() && !Blank.is(rest.charAt(end))) {
      end++;
    }
    if (end == 0) {
      return false;
    }
    args.add(Word.of(rest.substring(0, end)));
    String command = Blank.trimLeft(rest.substring(end));
    return jsonOr(command, args, List.of(command));
  }

  private void pairs(String keyword, String rest, List<Word> args) throws DockerfileException {
    List<String> words = Splitter.quoted(rest, escape);
    if (words.isEmpty()) {
      return;
    }
    if (!words.getFirst().contains("=")) {
      String[] split = Splitter.firstWord(rest);
      if (split[0].length() == rest.length()) {
        throw new DockerfileException(keyword + " must have two arguments");
      }
      args.add(new Word(split[0], split[1], true));
      return;
    }
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals < 0) {
        throw new DockerfileException(
            "Syntax error - can't find = in "
                + GoQuote.quote(word)
                + ". Must be of the form: name=value");
      }
      args.add(new Word(word.substring(0, equals), word.substring(equals + 1), false));
    }
  }
}
