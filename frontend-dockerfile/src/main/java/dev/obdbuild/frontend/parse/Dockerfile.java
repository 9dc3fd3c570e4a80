package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.Lines;
import java.util.List;
import java.util.Optional;

/**
 * A whole Dockerfile.
 *
 * @param arguments the ARG instructions before the first FROM
 * @param stages in file order; a file without any cannot be built
 * @param escape the escape character
 * @param check the value of the {@code check} directive
 * @param emptyContinuations the last lines of instructions with an empty continuation line
 */
public record Dockerfile(
    List<Instruction.Arg> arguments,
    List<Stage> stages,
    char escape,
    Optional<String> check,
    List<Lines> emptyContinuations) {

  public Dockerfile {
    arguments = List.copyOf(arguments);
    stages = List.copyOf(stages);
    emptyContinuations = List.copyOf(emptyContinuations);
  }
}
