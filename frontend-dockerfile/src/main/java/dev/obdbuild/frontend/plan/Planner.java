package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.expand.Expander;
import dev.obdbuild.frontend.parse.Dockerfile;
import dev.obdbuild.frontend.parse.DockerfileParser;
import dev.obdbuild.frontend.parse.Instruction;
import dev.obdbuild.frontend.parse.Reading;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Platform;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** One build being planned, from stages to graph. Used once. */
final class Planner {
  private final BuildConfig config;
  private final Sources sources;
  private final BuildInput input;
  private final Reading reading;
  private final Dockerfile file;
  private final Checks checks;
  private final Expander expander;

  Planner(BuildConfig config, Sources sources, BuildInput input, Reading reading, Checks checks) {
    this.config = config;
    this.sources = sources;
    this.input = input;
    this.reading = reading;
    this.file = reading.file();
    this.checks = checks;
    this.expander = new Expander(file.escape());
  }

  /**
   * Stages with their steps.
   *
   * @param needed what the target needs, in an order in which each comes after those it needs
   * @param paths what they use of the context, absolute
   */
  record Evaluated(
      StageState target, List<StageState> needed, Set<String> paths, Arguments arguments) {}

  BuildPlan plan() throws IOException {
    Evaluated stages = evaluate(false);
    StageState target = stages.target;
    checks.failIfAsked();
    target.paths.add("/");
    LlbEmitter llb = new LlbEmitter(config, input, stages.paths);
    llb.emit(stages.needed);
    SortedMap<String, Graph> scanned =
        new ScannedParts(stages.arguments.globals()).of(target, stages.needed, llb);
    return new BuildPlan(
        llb.graph(target),
        scanned,
        result(target),
        target.baseImage,
        config.platform().orElseGet(Platform::host).normalised(),
        checks.warnings(),
        stages.arguments.epoch(),
        stages.needed.stream()
            .filter(state -> state == target || scanned.containsKey(state.displayName))
            .anyMatch(state -> state.noCache));
  }

  /**
   * Evaluates the stages that the target needs.
   *
   * @param all whether the others are evaluated too
   */
  Evaluated evaluate(boolean all) throws IOException {
    FileChecks look = new FileChecks(reading, checks);
    look.run();
    look.defaults(config, expander);
    NamedContexts contexts = new NamedContexts(config, input.inputs());
    Arguments arguments = dated(Arguments.of(file, config, expander), contexts);
    StageGraph graph = new StageGraph(file, config, expander, arguments, contexts, checks);
    StageState target = graph.target(config.target());
    graph.connect();
    for (StageState state : graph.table().all()) {
      if (!state.isScratch() && state.base.isEmpty()) {
        BaseResolver.reference(state);
      }
    }
    List<StageState> needed;
    IgnoredPaths ignored;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      // The client is asked beside the registries; what is wrong with base images is told first,
      // and the steps are shown in BuildKit's order.
      Runnable show = input.context().holdExcludes();
      Future<List<String>> excludes = threads.submit(input.context()::excludes);
      try {
        try {
          needed = resolve(graph, contexts, target, all);
        } finally {
          show.run();
        }
        ignored = new IgnoredPaths(await(excludes));
      } catch (IOException | RuntimeException e) {
        threads.shutdownNow();
        throw e;
      }
    }
    StageEvaluator evaluator = new StageEvaluator(config, arguments, expander, checks, ignored);
    Set<String> paths = new TreeSet<>();
    for (StageState state : needed) {
      evaluator.evaluate(state);
      paths.addAll(state.contextPaths);
    }
    return new Evaluated(target, needed, paths, arguments);
  }

  /** What another thread does for a plan, or what that failed with. */
  static <T> T await(Future<T> part) throws IOException {
    try {
      return part.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException)
          new InterruptedIOException("interrupted while planning").initCause(e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failed -> throw failed;
        case RuntimeException broken -> throw broken;
        case null, default -> throw new IllegalStateException("planning failed", e.getCause());
      }
    }
  }

  private Arguments dated(Arguments arguments, NamedContexts contexts) throws IOException {
    Optional<String> text = arguments.epochText();
    if (text.isEmpty()) {
      return arguments;
    }
    if (text.get().isEmpty()) {
      return arguments.withEpoch(Optional.empty());
    }
    EpochStage reader = new EpochStage(expander, arguments.given(), arguments.globals());
    return arguments.withEpoch(
        new EpochSource(sources, input.context(), contexts, file.stages(), reader)
            .resolve(text.get()));
  }

  /**
   * Resolves base images and fires triggers until those need no further stages.
   *
   * @return the stages that the target needs, in the order of the file
   */
  private List<StageState> resolve(
      StageGraph graph, NamedContexts contexts, StageState target, boolean all) throws IOException {
    while (true) {
      Set<StageState> reachable = StageGraph.reachable(target);
      List<StageState> needed = new ArrayList<>();
      for (StageState state : graph.table().all()) {
        if (all || reachable.contains(state)) {
          needed.add(state);
        } else {
          StepNames.passOver(state);
        }
      }
      new BaseResolver(config, sources, graph.table(), contexts, checks).resolve(needed);
      boolean more = false;
      for (StageState state : needed) {
        more |= !state.isGiven() && fireTriggers(graph, state);
      }
      if (!more) {
        return needed;
      }
    }
  }

  /**
   * @return whether a trigger reads from stages, which must then be resolved
   */
  private boolean fireTriggers(StageGraph graph, StageState state) throws DockerfileException {
    List<String> triggers = new ArrayList<>();
    if (state.base.isEmpty()) {
      triggers.addAll(state.draft().onBuild);
      state.draft().onBuild = new ArrayList<>();
    } else if (!state.baseTriggersTaken) {
      state.baseTriggersTaken = true;
      StageState base = state.base.get();
      List<StageState.Planned> planneds = base.isGiven() ? List.of() : base.instructions;
      for (StageState.Planned planned : planneds) {
        if (planned.instruction() instanceof Instruction.Onbuild onbuild) {
          triggers.add(onbuild.trigger());
        }
      }
    }
    List<StageState.Planned> fired = new ArrayList<>();
    boolean sourced = false;
    for (String trigger : triggers) {
      Instruction instruction = DockerfileParser.parseTrigger(trigger, state.lines);
      StageState.Planned planned = graph.dependencies().plan(state, instruction, true);
      sourced |= !planned.sources().isEmpty();
      fired.add(planned);
    }
    state.stepTotal += fired.size();
    state.instructions.addAll(0, fired);
    return sourced;
  }

  private ImageConfig result(StageState target) {
    ImageDraft draft = target.draft();
    Map<String, String> labels = new TreeMap<>(config.labels());
    draft.labels.putAll(labels);
    if (config.platform().isPresent()) {
      draft.platform = merged(draft.platform, config.platform().get());
    }
    draft.platform = draft.platform.normalised();
    return draft.config();
  }

  /** The platform that was asked for; what it leaves open stays if it is the same machine. */
  private static Platform merged(Platform image, Platform wanted) {
    boolean same =
        image.os().equals(wanted.os()) && image.architecture().equals(wanted.architecture());
    Optional<String> variant =
        wanted.variant().isPresent() || !same ? wanted.variant() : image.variant();
    String version =
        !wanted.osVersion().isEmpty() || !same ? wanted.osVersion() : image.osVersion();
    List<String> features =
        wanted.osFeatures().isEmpty() ? image.osFeatures() : wanted.osFeatures();
    return new Platform(wanted.os(), wanted.architecture(), variant, version, features);
  }
}
