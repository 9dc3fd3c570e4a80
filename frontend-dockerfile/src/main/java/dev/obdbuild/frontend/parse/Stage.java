package dev.obdbuild.frontend.parse;

import java.util.List;

/**
 * FROM and the instructions up to the next one.
 *
 * @param base the image or stage, unexpanded
 * @param name in lower case, empty if unnamed
 * @param platform unexpanded, empty if not given
 */
public record Stage(
    Origin origin, String base, String name, String platform, List<Instruction> instructions) {

  public Stage {
    instructions = List.copyOf(instructions);
  }
}
