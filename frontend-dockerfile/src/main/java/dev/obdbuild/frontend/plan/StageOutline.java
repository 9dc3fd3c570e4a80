package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.Lines;
import dev.obdbuild.frontend.subrequest.Outline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What one stage takes from outside, collected while it is planned. */
final class StageOutline {
  private final Map<String, Declared> known = new LinkedHashMap<>();
  private final Set<String> used = new LinkedHashSet<>();
  private final Map<String, Outline.Need> secrets = new LinkedHashMap<>();
  private final Map<String, Outline.Need> agents = new LinkedHashMap<>();

  /**
   * An argument where it is declared.
   *
   * @param needs arguments that its value was made from
   */
  record Declared(Outline.Argument argument, Set<String> needs) {}

  /** Arguments that are there before the first FROM. */
  void declareAll(Map<String, Declared> globals) {
    known.putAll(globals);
  }

  void declare(Outline.Argument argument) {
    known.put(argument.name(), new Declared(argument, Set.of()));
  }

  void use(String argument) {
    used.add(argument);
  }

  void secret(String id, boolean required, Lines lines) {
    secrets.putIfAbsent(id, new Outline.Need(id, required, lines));
  }

  void agent(String id, boolean required, Lines lines) {
    agents.putIfAbsent(id, new Outline.Need(id, required, lines));
  }

  /** The outline of a target: its own and that of all stages it needs. */
  static Outline of(StageState target, byte[] file) {
    Map<String, Outline.Argument> arguments = new LinkedHashMap<>();
    Map<String, Outline.Need> secrets = new LinkedHashMap<>();
    Map<String, Outline.Need> agents = new LinkedHashMap<>();
    Set<StageState> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<StageState> open = new ArrayList<>(List.of(target));
    while (!open.isEmpty()) {
      StageState state = open.removeLast();
      if (!seen.add(state)) {
        continue;
      }
      StageOutline own = state.outline;
      own.allUsed().forEach(name -> own.known(name).forEach(a -> arguments.putIfAbsent(name, a)));
      own.secrets.forEach(secrets::putIfAbsent);
      own.agents.forEach(agents::putIfAbsent);
      open.addAll(state.dependencies.keySet());
      state.base.ifPresent(open::add);
    }
    String name = target.stage.map(stage -> stage.name()).orElse("");
    String description =
        target.stage.map(stage -> DocComment.of(stage.origin().comments(), name)).orElse("");
    return new Outline(
        name,
        description,
        List.copyOf(arguments.values()),
        List.copyOf(secrets.values()),
        List.copyOf(agents.values()),
        file);
  }

  private List<Outline.Argument> known(String name) {
    Declared declared = known.get(name);
    return declared == null ? List.of() : List.of(declared.argument());
  }

  /** What is used, and what that was made from. */
  private Set<String> allUsed() {
    Set<String> all = new LinkedHashSet<>();
    List<String> open = new ArrayList<>(used);
    while (!open.isEmpty()) {
      String name = open.removeFirst();
      if (all.add(name)) {
        Declared declared = known.get(name);
        open.addAll(declared == null ? Set.of() : declared.needs());
      }
    }
    return all;
  }
}
