package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Suggestion;
import dev.obdbuild.frontend.expand.Expander;
import dev.obdbuild.frontend.parse.Dockerfile;
import dev.obdbuild.frontend.parse.Instruction;
import dev.obdbuild.frontend.parse.Stage;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.json.GoQuote;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;

/** Joins the stages of a file: what each starts from and copies from. */
final class StageGraph {
  private final StageTable table = new StageTable();
  private final Expander expander;
  private final EnvList globals;
  private final Arguments arguments;
  private final Dependencies dependencies;
  private final NamedContexts contexts;
  private final FromChecks checks;

  StageGraph(
      Dockerfile file,
      BuildConfig config,
      Expander expander,
      Arguments arguments,
      NamedContexts contexts,
      Checks checks)
      throws DockerfileException {
    this.expander = expander;
    this.globals = arguments.globals();
    this.arguments = arguments;
    this.contexts = contexts;
    this.checks = new FromChecks(arguments, checks);
    this.dependencies = new Dependencies(table, expander);
    int index = 0;
    for (Stage stage : file.stages()) {
      try {
        add(stage, index++, config);
      } catch (DockerfileException e) {
        throw e.at(stage.origin().lines());
      }
    }
  }

  private void add(Stage stage, int index, BuildConfig config) throws DockerfileException {
    Recorder used = new Recorder(globals);
    String base;
    try {
      base = expander.word(stage.base(), used);
    } finally {
      checks.undeclared(stage, used);
    }
    if (base.isEmpty()) {
      throw new DockerfileException("base name (" + stage.base() + ") should not be blank");
    }
    String name = stage.name().isEmpty() ? "stage-" + index : stage.name();
    StageState state = new StageState(Optional.of(stage), stage.origin().lines(), base, name);
    Recorder usedForPlatform = new Recorder(globals);
    state.platform = platform(stage, usedForPlatform);
    state.outline.declareAll(arguments.declared());
    state.showPlatform = config.multiPlatform();
    if (!stage.name().isEmpty()) {
      state.replacement = contexts.find(stage.name(), state.platform);
    }
    table.add(state);
    if (state.replacement.isPresent()) {
      state.base = Optional.empty();
      return;
    }
    used.found().forEach(state.outline::use);
    usedForPlatform.found().forEach(state.outline::use);
    state.noCache = config.isNoCache(stage.name());
    int total = state.isScratch() || state.base.isPresent() ? 0 : 1;
    for (Instruction instruction : stage.instructions()) {
      total +=
          switch (instruction) {
            case Instruction.Add _, Instruction.Copy _, Instruction.Run _, Instruction.Workdir _ ->
                1;
            default -> 0;
          };
    }
    state.stepTotal = total;
  }

  private Optional<Platform> platform(Stage stage, Recorder variables) throws DockerfileException {
    if (stage.platform().isEmpty()) {
      return Optional.empty();
    }
    String text;
    try {
      text = expander.word(stage.platform(), variables);
    } catch (DockerfileException e) {
      checks.undeclared(stage, variables);
      throw e.prefixed("failed to process arguments for platform " + stage.platform() + ": ");
    }
    checks.platform(stage, text, variables);
    if (text.isEmpty()) {
      throw new DockerfileException(
          suggested("empty platform value from expression " + stage.platform(), variables));
    }
    try {
      return Optional.of(Platform.parse(text));
    } catch (IllegalArgumentException e) {
      throw DockerfileException.of(
          suggested(
              "failed to parse platform " + stage.platform() + ": " + e.getMessage(), variables),
          e);
    }
  }

  /** A message with a variable that may have been meant by one that is not there. */
  private String suggested(String message, Recorder variables) {
    return variables.missing().stream()
        .map(name -> Suggestion.append(message, name, globals.names(), true))
        .filter(better -> !better.equals(message))
        .findFirst()
        .orElse(message);
  }

  /** The stage to build: by name, or the last one. */
  StageState target(String name) throws DockerfileException {
    if (name.isEmpty()) {
      return table.all().getLast();
    }
    return table
        .byName(name)
        .orElseThrow(
            () ->
                new DockerfileException(
                    Suggestion.append(
                        "target stage " + GoQuote.quote(name) + " could not be found",
                        name,
                        table.names(),
                        true)));
  }

  /** Finds what the instructions of all stages need; adds hidden stages for images. */
  void connect() throws DockerfileException {
    for (StageState state : new java.util.ArrayList<>(table.all())) {
      for (Instruction instruction : state.stage.orElseThrow().instructions()) {
        state.instructions.add(dependencies.plan(state, instruction, false));
      }
    }
    new CycleCheck(table.all()).run();
    if (table.all().size() == 1) {
      table.all().getFirst().displayName = "";
    }
  }

  Dependencies dependencies() {
    return dependencies;
  }

  StageTable table() {
    return table;
  }

  /** The target and everything it needs. */
  static Set<StageState> reachable(StageState target) {
    Set<StageState> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<StageState> open = new ArrayDeque<>();
    open.push(target);
    while (!open.isEmpty()) {
      StageState state = open.pop();
      if (seen.add(state)) {
        state.base.ifPresent(open::push);
        if (state.replacement.isEmpty()) {
          state.dependencies.keySet().forEach(open::push);
        }
      }
    }
    return seen;
  }
}
