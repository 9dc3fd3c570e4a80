package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import dev.obdbuild.frontend.expand.Expander;
import dev.obdbuild.frontend.expand.Variables;
import dev.obdbuild.frontend.parse.Instruction;
import dev.obdbuild.frontend.parse.MountSpec;
import dev.obdbuild.frontend.plan.StageState.Planned;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the stages that an instruction reads from. */
final class Dependencies {
  private final StageTable table;
  private final Expander expander;

  Dependencies(StageTable table, Expander expander) {
    this.table = table;
    this.expander = expander;
  }

  /** The instruction with its sources, which become dependencies of its stage. */
  Planned plan(StageState state, Instruction instruction, boolean trigger)
      throws DockerfileException {
    Lines lines = instruction.origin().lines();
    List<Optional<StageState>> sources;
    try {
      sources =
          switch (instruction) {
            case Instruction.Copy copy when !copy.from().isEmpty() ->
                List.of(Optional.of(from(copy.from(), lines)));
            case Instruction.Run run -> mounts(run, lines);
            default -> List.of();
          };
    } catch (DockerfileException e) {
      throw e.at(lines);
    }
    for (Optional<StageState> source : sources) {
      if (source.isPresent()) {
        state.dependencies.putIfAbsent(source.get(), lines);
        if (!source.get().registered) {
          table.add(source.get());
        }
      }
    }
    return new Planned(instruction, sources, trigger);
  }

  private StageState from(String name, Lines lines) throws DockerfileException {
    if (!expander.word(name, Variables.NONE).equals(name)) {
      throw new DockerfileException(
          "variable expansion is not supported for --from, define a new stage with FROM using ARG"
              + " from global scope as a workaround");
    }
    if (name.matches("[+-]?[0-9]{1,18}")) {
      return table.byIndex(Long.parseLong(name));
    }
    return table.byName(name).orElseGet(() -> StageState.hidden(name, lines));
  }

  /**
   * One source per mount. A mount that names none gets a hidden empty one whatever its type, which
   * may be a variable and is not known yet.
   */
  private List<Optional<StageState>> mounts(Instruction.Run run, Lines lines)
      throws DockerfileException {
    List<Optional<StageState>> sources = new ArrayList<>();
    for (String mount : run.mounts()) {
      String from = MountSpec.from(mount);
      String name = from.isEmpty() ? StageState.SCRATCH : from;
      sources.add(Optional.of(table.byName(name).orElseGet(() -> StageState.hidden(name, lines))));
    }
    return sources;
  }
}
