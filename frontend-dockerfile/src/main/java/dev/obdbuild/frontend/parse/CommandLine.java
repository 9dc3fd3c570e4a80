package dev.obdbuild.frontend.parse;

import java.util.List;

/**
 * The command of RUN, CMD or ENTRYPOINT.
 *
 * @param words arguments in exec form; in shell form at most one, the whole line
 * @param shell whether a shell runs it
 * @param heredocs documents that follow a RUN
 */
public record CommandLine(List<String> words, boolean shell, List<Heredoc> heredocs) {

  public CommandLine {
    words = List.copyOf(words);
    heredocs = List.copyOf(heredocs);
  }
}
