package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.expand.Expanded;
import dev.obdbuild.frontend.expand.Expander;
import dev.obdbuild.frontend.expand.Style;
import dev.obdbuild.frontend.expand.Variables;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A document inside the Dockerfile.
 *
 * @param name the word that ends it, without quotes
 * @param expand whether variables in it are expanded: the word had no quotes
 * @param chomp whether leading tabs of its lines are dropped ({@code <<-})
 * @param content its lines, each with its end of line; leading tabs still there
 */
public record Heredoc(String name, boolean expand, boolean chomp, String content) {
  private static final Pattern WORD = Pattern.compile("(\\d*)<<(-?)\\s*([^<]*)");

  /** The here-document that {@code word} announces, with no content yet; empty if it is none. */
  public static Optional<Heredoc> announcedBy(String word) throws DockerfileException {
    if (!word.contains("<<")) {
      return Optional.empty();
    }
    Matcher matcher = WORD.matcher(word);
    if (!matcher.matches() || matcher.group(3).isEmpty()) {
      return Optional.empty();
    }
    String rest = matcher.group(3);
    Expander expander = new Expander('\\');
    List<String> bare = expander.expand(rest, Variables.NONE, Style.TERMINATOR).words();
    if (bare.size() != 1) {
      return Optional.empty();
    }
    String quoted =
        expander.expand(rest, Variables.NONE, Style.QUOTED_TERMINATOR).words().getFirst();
    boolean expand = quotes(bare.getFirst()) == quotes(quoted);
    return Optional.of(new Heredoc(bare.getFirst(), expand, matcher.group(2).equals("-"), ""));
  }

  /** All here-documents that a line announces, in order. */
  static List<Heredoc> announcedIn(String line) throws DockerfileException {
    List<Heredoc> found = new ArrayList<>();
    Expanded words;
    try {
      words = new Expander('\\').expand(line, Variables.NONE, Style.RAW);
    } catch (DockerfileException e) {
      // A line that is no shell words announces nothing; what is wrong shows when it is used.
      return List.of();
    }
    for (String word : words.words()) {
      announcedBy(word).ifPresent(found::add);
    }
    return found;
  }

  private static long quotes(String text) {
    return text.chars().filter(c -> c == '\'' || c == '"').count();
  }

  Heredoc withContent(String text) {
    return new Heredoc(name, expand, chomp, text);
  }

  /** The content as it is used: without leading tabs if {@link #chomp()}. */
  public String body() {
    if (!chomp) {
      return content;
    }
    StringBuilder out = new StringBuilder(content.length());
    boolean start = true;
    for (int i = 0; i < content.length(); i++) {
      char c = content.charAt(i);
      if (!start || c != '\t') {
        out.append(c);
        start = c == '\n';
      }
    }
    return out.toString();
  }
}
