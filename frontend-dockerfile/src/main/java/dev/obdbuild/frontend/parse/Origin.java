package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.Lines;
import java.util.List;

/**
 * Where an instruction comes from.
 *
 * @param keyword as it was written
 * @param text the instruction on one line, trimmed, unexpanded
 * @param comments the comment lines directly above it
 */
public record Origin(String keyword, String text, Lines lines, List<String> comments) {

  public Origin {
    comments = List.copyOf(comments);
  }
}
