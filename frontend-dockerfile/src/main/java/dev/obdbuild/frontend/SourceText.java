package dev.obdbuild.frontend;

import java.util.List;

/** A file by name and with its text, for error messages. */
public record SourceText(String name, String text) {

  /**
   * The lines around {@code marked}, as clients of BuildKit print them: the marked lines carry
   * {@code >>>}; two lines of context around a single line, one around several. An empty string
   * after a final newline counts as a line.
   */
  public String excerpt(Lines marked) {
    List<String> all = List.of(text.split("\n", -1));
    int context = marked.first() == marked.last() ? 2 : 1;
    int from = Math.max(1, marked.first() - context);
    int to = Math.min(all.size(), marked.last() + context);
    StringBuilder out = new StringBuilder();
    out.append(name).append(':').append(marked.first()).append('\n');
    out.append("--------------------\n");
    for (int line = from; line <= to; line++) {
      boolean hit = line >= marked.first() && line <= marked.last();
      out.append(String.format(" %3d | %s %s\n", line, hit ? ">>>" : "   ", all.get(line - 1)));
    }
    return out.append("--------------------").toString();
  }
}
