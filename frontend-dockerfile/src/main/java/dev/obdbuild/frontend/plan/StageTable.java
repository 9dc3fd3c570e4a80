package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** All stages of a build, hidden ones behind those of the file. */
final class StageTable {
  private final List<StageState> states = new ArrayList<>();
  private final Map<String, StageState> byName = new HashMap<>();

  /** Adds a stage; if an earlier one has the name of its base, it starts from that one. */
  void add(StageState state) {
    states.add(state);
    state.registered = true;
    state.base = byName(state.baseName);
    state
        .stage
        .map(s -> s.name())
        .filter(name -> !name.isEmpty())
        .ifPresent(name -> byName.put(name.toLowerCase(Locale.ROOT), state));
  }

  Optional<StageState> byName(String name) {
    return Optional.ofNullable(byName.get(name.toLowerCase(Locale.ROOT)));
  }

  StageState byIndex(long index) throws DockerfileException {
    if (index < 0 || index >= states.size()) {
      throw new DockerfileException("invalid stage index " + index);
    }
    return states.get((int) index);
  }

  List<StageState> all() {
    return states;
  }

  List<String> names() {
    return states.stream().map(s -> s.displayName).filter(name -> !name.isEmpty()).toList();
  }
}
