package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import dev.obdbuild.frontend.expand.Blank;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Physical lines to instruction lines. Reads its text once, front to back. */
final class LineReader {
  private static final int MAX_LINE = 65535;

  private final String text;
  private final Directives directives = new Directives("#");
  private int pos;
  private int line;
  private List<String> comments = new ArrayList<>();

  LineReader(String text) {
    this.text = text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  Directives directives() {
    return directives;
  }

  /** How many physical lines have been read. */
  int line() {
    return line;
  }

  /** The next instruction line; empty at the end of the file. */
  Optional<InstructionLine> next() throws DockerfileException {
    while (pos < text.length()) {
      String physical = withoutEnd(read());
      String stripped = Blank.trimLeft(physical);
      boolean directive = offer(stripped);
      if (stripped.startsWith("#")) {
        if (!directive) {
          comment(stripped);
        }
      } else if (!stripped.isEmpty()) {
        InstructionLine instruction = instruction(stripped);
        comments = new ArrayList<>();
        return Optional.of(instruction);
      }
    }
    return Optional.empty();
  }

  private boolean offer(String stripped) throws DockerfileException {
    try {
      return directives.offer(stripped);
    } catch (DockerfileException e) {
      throw e.at(Lines.of(line));
    }
  }

  private void comment(String stripped) {
    String comment = Blank.trim(stripped.substring(1));
    if (comment.isEmpty()) {
      comments = new ArrayList<>();
    } else {
      comments.add(comment);
    }
  }

  private InstructionLine instruction(String first) throws DockerfileException {
    int start = line;
    StringBuilder joined = new StringBuilder();
    boolean more = append(joined, first);
    boolean empty = false;
    while (more && pos < text.length()) {
      String physical = withoutEnd(read());
      String stripped = Blank.trimLeft(physical);
      if (stripped.isEmpty()) {
        empty = true;
      } else if (!stripped.startsWith("#")) {
        more = append(joined, physical);
      }
    }
    String whole = joined.toString();
    List<Heredoc> heredocs = heredocs(whole, start);
    return new InstructionLine(whole, new Lines(start, line), comments, heredocs, empty);
  }

  /** Adds a line without its continuation character; tells whether it had one. */
  private boolean append(StringBuilder joined, String physical) {
    int end = physical.length();
    while (end > 0 && (physical.charAt(end - 1) == ' ' || physical.charAt(end - 1) == '\t')) {
      end--;
    }
    char escape = directives.escape();
    boolean continued =
        end > 0
            && physical.charAt(end - 1) == escape
            && (end == 1 || physical.charAt(end - 2) != escape);
    joined.append(physical, 0, continued ? end - 1 : physical.length());
    return continued;
  }

  private List<Heredoc> heredocs(String whole, int start) throws DockerfileException {
    if (!whole.contains("<<") || !LineParser.mayHoldHeredocs(whole, directives.escape())) {
      return List.of();
    }
    List<Heredoc> filled = new ArrayList<>();
    try {
      for (Heredoc heredoc : Heredoc.announcedIn(whole)) {
        filled.add(heredoc.withContent(body(heredoc)));
      }
    } catch (DockerfileException e) {
      throw e.at(new Lines(start, line));
    }
    return filled;
  }

  private String body(Heredoc heredoc) throws DockerfileException {
    StringBuilder content = new StringBuilder();
    while (pos < text.length()) {
      String physical = read();
      String candidate = withoutEnd(physical);
      if (heredoc.chomp()) {
        candidate = candidate.substring(tabs(candidate));
      }
      if (candidate.equals(heredoc.name())) {
        return content.toString();
      }
      content.append(physical);
    }
    throw new DockerfileException("unterminated heredoc");
  }

  private static int tabs(String text) {
    int count = 0;
    while (count < text.length() && text.charAt(count) == '\t') {
      count++;
    }
    return count;
  }

  /** One physical line with its end. */
  private String read() throws DockerfileException {
    int newline = text.indexOf('\n', pos);
    int end = newline < 0 ? text.length() : newline + 1;
    String physical = text.substring(pos, end);
    int content = physical.length() - (newline < 0 ? 0 : 1);
    line++;
    if (content * 3L > MAX_LINE && utf8Length(physical, content) > MAX_LINE) {
      throw new DockerfileException(
          "dockerfile line greater than max allowed size of " + MAX_LINE, Lines.of(line));
    }
    pos = end;
    return physical;
  }

  private static int utf8Length(String physical, int content) {
    return physical.substring(0, content).getBytes(StandardCharsets.UTF_8).length;
  }

  private static String withoutEnd(String physical) {
    int end = physical.length();
    while (end > 0 && (physical.charAt(end - 1) == '\n' || physical.charAt(end - 1) == '\r')) {
      end--;
    }
    return physical.substring(0, end);
  }
}
