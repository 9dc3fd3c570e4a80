package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.expand.Expander;
import dev.obdbuild.frontend.expand.Style;
import dev.obdbuild.frontend.ignore.UnixPath;
import dev.obdbuild.frontend.parse.CommandLine;
import dev.obdbuild.frontend.parse.Instruction;
import dev.obdbuild.frontend.parse.Origin;
import dev.obdbuild.frontend.subrequest.Outline;
import dev.obdbuild.oci.json.GoQuote;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Evaluates the instructions of stages, each stage after those it needs. */
final class StageEvaluator {
  private final BuildConfig config;
  private final Arguments arguments;
  private final Expander expander;
  private final Checks checks;
  private final IgnoredPaths ignored;
  private final Budget budget = new Budget();

  /**
   * @param ignored what is kept out of the context
   */
  StageEvaluator(
      BuildConfig config,
      Arguments arguments,
      Expander expander,
      Checks checks,
      IgnoredPaths ignored) {
    this.ignored = ignored;
    this.config = config;
    this.arguments = arguments;
    this.expander = expander;
    this.checks = checks;
  }

  void evaluate(StageState state) throws DockerfileException {
    if (!state.isGiven()) {
      try {
        begin(state);
      } catch (DockerfileException e) {
        throw e.at(state.lines);
      }
      for (StageState.Planned planned : state.instructions) {
        try {
          evaluate(state, planned);
        } catch (DockerfileException e) {
          throw e.at(planned.instruction().origin().lines());
        }
      }
    }
    state.evaluated = true;
  }

  private void begin(StageState state) throws DockerfileException {
    if (state.base.isPresent()) {
      StageState base = state.base.get();
      state.draft = base.draft().child();
      state.env = base.env.copy();
      state.platform = base.platform;
      state.baseImage = base.baseImage;
      state.workdirSet = base.workdirSet;
      state.buildArgs = new ArrayList<>(base.buildArgs);
      state.dir = base.dir;
      state.paths = base.paths;
      budget.spend(8L * (state.draft.history.size() + state.env.size() + state.buildArgs.size()));
    }
    ImageDraft draft = state.draft();
    draft.requirePath(state.pathStyle());
    for (String entry : draft.env()) {
      String[] parts = entry.split("=", 2);
      state.env.set(parts[0], parts.length < 2 ? "" : parts[1]);
    }
    if (!draft.workingDir.isEmpty()) {
      changeDirectory(state, draft.workingDir);
    }
  }

  private static void changeDirectory(StageState state, String path) throws DockerfileException {
    ImageDraft draft = state.draft();
    PathStyle style = state.pathStyle();
    try {
      state.dir = style.absolute(draft.workingDir, path, false);
    } catch (DockerfileException e) {
      throw DockerfileException.of(
          "normalizing workdir: normalizing working directory: " + e.getMessage(), e);
    }
    // The config has the system's own separators.
    draft.workingDir = style.separated(state.dir);
  }

  private void evaluate(StageState state, StageState.Planned planned) throws DockerfileException {
    ImageDraft draft = state.draft();
    StageWords words = new StageWords(expander, checks, state, planned.instruction().origin());
    switch (planned.instruction()) {
      case Instruction.Run run ->
          new RunEvaluator(config, expander, words, budget, state, arguments.epoch())
              .evaluate(run, planned);
      case Instruction.Copy copy -> copies(state, words).copy(copy, planned);
      case Instruction.Add add -> copies(state, words).add(add, planned);
      case Instruction.Workdir workdir -> workdir(state, workdir, planned, words);
      case Instruction.Arg arg -> arg(state, arg, words);
      case Instruction.Env env -> env(state, env, words);
      case Instruction.Label label -> label(state, label, words);
      case Instruction.Cmd cmd -> {
        once(state.cmd, cmd.origin());
        List<String> args = command(draft, cmd.command(), cmd.origin().keyword(), cmd.origin());
        draft.cmd = args;
        draft.argsEscaped = true;
        history(state, "CMD " + GoQuote.quote(args));
      }
      case Instruction.Entrypoint entrypoint -> {
        once(state.entrypoint, entrypoint.origin());
        List<String> args =
            command(
                draft, entrypoint.command(), entrypoint.origin().keyword(), entrypoint.origin());
        draft.entrypoint = args;
        if (state.cmd.isEmpty()) {
          draft.cmd = List.of();
        }
        history(state, "ENTRYPOINT " + GoQuote.quote(args));
      }
      case Instruction.Expose expose -> expose(state, expose);
      case Instruction.Volume volume -> volume(state, volume, words);
      case Instruction.User user -> {
        draft.user = words.word(user.user());
        history(state, "USER " + draft.user);
      }
      case Instruction.StopSignal signal -> {
        draft.stopSignal = words.word(signal.signal());
        Signals.check(draft.stopSignal);
        history(state, "STOPSIGNAL " + draft.stopSignal);
      }
      case Instruction.Health health -> {
        once(state.healthcheck, health.origin());
        draft.healthcheck = Optional.of(health.check());
        history(state, "HEALTHCHECK " + HistoryText.of(health.check()));
      }
      case Instruction.Shell shell -> {
        draft.shell = shell.words();
        history(state, "SHELL " + HistoryText.list(shell.words()));
      }
      case Instruction.Maintainer maintainer -> {
        draft.author = maintainer.name();
        history(state, "MAINTAINER " + maintainer.name());
      }
      case Instruction.Onbuild onbuild -> draft.onBuild.add(onbuild.trigger());
    }
  }

  private CopyEvaluator copies(StageState state, StageWords words) {
    return new CopyEvaluator(expander, words, budget, state, arguments.epoch(), checks, ignored);
  }

  /** Of several only the last counts: the one before is what looks wrong. */
  private void once(List<Origin> earlier, Origin origin) {
    if (!earlier.isEmpty()) {
      checks.warn(
          Rule.MULTIPLE_INSTRUCTIONS_DISALLOWED,
          "Multiple "
              + origin.keyword()
              + " instructions should not be used in the same stage because only the last one will"
              + " be used",
          origin,
          earlier.getLast().lines());
    }
    earlier.add(origin);
  }

  private void noSecret(String keyword, String name, Origin origin) {
    if (SecretNames.matches(name)) {
      checks.warn(
          Rule.SECRETS_USED_IN_ARG_OR_ENV,
          "Do not use ARG or ENV instructions for sensitive data ("
              + keyword
              + " "
              + GoQuote.quote(name)
              + ")",
          origin);
    }
  }

  private void history(StageState state, String text) throws DockerfileException {
    HistoryText.add(state, text, true, arguments.epoch(), budget);
  }

  private List<String> command(
      ImageDraft draft, CommandLine command, String keyword, Origin origin) {
    if (!command.shell()) {
      return command.words();
    }
    if (draft.shell.isEmpty()) {
      checks.warn(
          Rule.JSON_ARGS_RECOMMENDED,
          "JSON arguments recommended for "
              + keyword
              + " to prevent unintended behavior related to OS signals",
          origin);
    }
    List<String> words = new ArrayList<>(draft.shellOrDefault());
    words.add(String.join(" ", command.words()));
    return words;
  }

  private void workdir(
      StageState state, Instruction.Workdir workdir, StageState.Planned planned, StageWords words)
      throws DockerfileException {
    String path = words.word(workdir.path());
    if (!state.workdirSet && !state.pathStyle().isAbsolute(path)) {
      checks.warn(
          Rule.WORKDIR_RELATIVE_PATH,
          "Relative workdir "
              + GoQuote.quote(path)
              + " can have unexpected results if the base image changes",
          workdir.origin());
    }
    state.workdirSet = true;
    changeDirectory(state, path);
    boolean layer = !state.dir.equals("/");
    if (layer) {
      Step.Label label =
          StepNames.label(
              state, planned, StepNames.words(expander, workdir.origin(), state), "", false);
      long timestamp =
          arguments
              .epoch()
              .map(e -> Math.multiplyExact(e.getEpochSecond(), 1_000_000_000L))
              .orElse(-1L);
      state.steps.add(
          new Step.MakeDirectory(label, UnixPath.clean(state.dir), state.draft().user, timestamp));
    }
    HistoryText.add(state, "WORKDIR " + state.dir, !layer, arguments.epoch(), budget);
  }

  private void arg(StageState state, Instruction.Arg arg, StageWords words)
      throws DockerfileException {
    List<String> shown = new ArrayList<>();
    for (Instruction.Argument argument : arg.arguments()) {
      String name = argument.name();
      noSecret("ARG", name, arg.origin());
      Optional<String> value = Optional.ofNullable(arguments.given().get(name));
      if (value.isEmpty()) {
        value =
            argument.value().isPresent()
                ? Optional.of(words.word(argument.value().get()))
                : arguments.globals().get(name);
      }
      if (declares(argument, name)) {
        String about = DocComment.of(arg.origin().comments(), name);
        state.outline.declare(
            new Outline.Argument(name, about, value.orElse(""), arg.origin().lines()));
      }
      state.outline.use(name);
      if (value.isPresent() && !name.startsWith(ScannedParts.PREFIX)) {
        state.env.set(name, value.get());
      }
      state.buildArgs.add(new Instruction.Argument(name, value));
      shown.add(name + value.map(v -> "=" + v).orElse(""));
    }
    history(state, "ARG " + String.join(" ", shown));
  }

  /** Whether an ARG says something of its own, and not only lets a global one in. */
  private boolean declares(Instruction.Argument argument, String name) {
    return argument.value().isPresent()
        || arguments.given().containsKey(name)
        || arguments.globals().get(name).isEmpty();
  }

  private static List<Instruction.Pair> expanded(StageWords words, List<Instruction.Pair> pairs)
      throws DockerfileException {
    List<Instruction.Pair> expanded = new ArrayList<>();
    for (Instruction.Pair pair : pairs) {
      expanded.add(
          new Instruction.Pair(words.word(pair.key()), words.word(pair.value()), pair.legacy()));
    }
    return expanded;
  }

  private void legacy(Instruction.Pair pair, Origin origin) {
    if (pair.legacy()) {
      String keyword = origin.keyword();
      checks.warn(
          Rule.LEGACY_KEY_VALUE_FORMAT,
          "\""
              + keyword
              + " key=value\" should be used instead of legacy \""
              + keyword
              + " key value\" format",
          origin);
    }
  }

  private void env(StageState state, Instruction.Env env, StageWords words)
      throws DockerfileException {
    StringBuilder text = new StringBuilder("ENV");
    for (Instruction.Pair pair : expanded(words, env.pairs())) {
      legacy(pair, env.origin());
      noSecret("ENV", pair.key(), env.origin());
      state.env.set(pair.key(), pair.value());
      state.draft().setEnv(pair.key(), pair.value());
      text.append(' ').append(pair.key()).append('=').append(pair.value());
    }
    history(state, text.toString());
  }

  private void label(StageState state, Instruction.Label label, StageWords words)
      throws DockerfileException {
    StringBuilder text = new StringBuilder("LABEL");
    for (Instruction.Pair pair : expanded(words, label.pairs())) {
      legacy(pair, label.origin());
      state.draft().labels.put(pair.key(), pair.value());
      text.append(' ').append(pair.key()).append('=').append(pair.value());
    }
    history(state, text.toString());
  }

  private void expose(StageState state, Instruction.Expose expose) throws DockerfileException {
    List<String> ports = new ArrayList<>();
    for (String word : expose.ports()) {
      // Variables that nobody set are not told of here.
      for (String token : expander.expand(word, state.env, Style.WORD).words()) {
        Ports.Parts parts = Ports.split(token);
        portStyle(token, parts, expose.origin());
        List<String> range = Ports.of(parts);
        budget.spend(range.size() * 16L);
        ports.addAll(range);
      }
    }
    state.draft().ports.addAll(ports);
    history(state, "EXPOSE " + HistoryText.list(ports));
  }

  private void portStyle(String port, Ports.Parts parts, Origin origin) {
    if (!parts.protocol().equals(parts.protocol().toLowerCase(Locale.ROOT))) {
      checks.warn(
          Rule.EXPOSE_PROTO_CASING,
          "Defined protocol '" + port + "' in EXPOSE instruction should be lowercase",
          origin);
    }
    if (parts.mapsHost()) {
      checks.warn(
          Rule.EXPOSE_INVALID_FORMAT,
          "EXPOSE instruction should not define an IP address or host-port mapping, found '"
              + port
              + "'",
          origin);
    }
  }

  private void volume(StageState state, Instruction.Volume volume, StageWords words)
      throws DockerfileException {
    List<String> paths = new ArrayList<>();
    for (String text : volume.paths()) {
      paths.add(words.word(text));
    }
    if (paths.contains("")) {
      throw new DockerfileException("VOLUME specified can not be an empty string");
    }
    state.draft().volumes.addAll(paths);
    history(state, "VOLUME " + HistoryText.list(paths));
  }
}
