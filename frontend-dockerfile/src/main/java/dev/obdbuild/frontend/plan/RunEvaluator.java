package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.expand.Expander;
import dev.obdbuild.frontend.expand.Style;
import dev.obdbuild.frontend.expand.Variables;
import dev.obdbuild.frontend.ignore.UnixPath;
import dev.obdbuild.frontend.parse.CommandLine;
import dev.obdbuild.frontend.parse.Heredoc;
import dev.obdbuild.frontend.parse.Instruction;
import dev.obdbuild.frontend.parse.MountSpec;
import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp.CdiDevice;
import dev.obdbuild.llb.ExecOp.NetworkMode;
import dev.obdbuild.llb.ExecOp.SecurityMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** RUN of one stage. */
final class RunEvaluator {
  /** Where a script of a here-document with a {@code #!} line lies. */
  private static final String SCRIPTS = "/dev/pipes/";

  private final BuildConfig config;
  private final Expander expander;
  private final StageWords words;
  private final Budget budget;
  private final StageState state;
  private final Optional<Instant> epoch;

  RunEvaluator(
      BuildConfig config,
      Expander expander,
      StageWords words,
      Budget budget,
      StageState state,
      Optional<Instant> epoch) {
    this.epoch = epoch;
    this.config = config;
    this.expander = expander;
    this.words = words;
    this.budget = budget;
    this.state = state;
  }

  /**
   * The command of a RUN.
   *
   * @param summary what its name gets appended
   */
  private record Command(List<String> args, Optional<Step.Mount> script, String summary) {}

  void evaluate(Instruction.Run run, StageState.Planned planned) throws DockerfileException {
    List<MountSpec> specs = new ArrayList<>();
    for (String mount : run.mounts()) {
      specs.add(MountSpec.parse(mount, words::word));
    }
    Command command = command(run.command());
    if (command.args.isEmpty() && !run.command().shell()) {
      throw new DockerfileException("failed to marshal LLB definition: arguments are required");
    }
    RunMounts mounts = new RunMounts(config, state, planned);
    command.script.ifPresent(mounts::add);
    mounts.addAll(specs);
    if (config.shmSize() > 0) {
      mounts.add(
          new Step.Mount(
              new Content.Empty(), "", "/dev/shm", true, new ExecMount.Tmpfs(config.shmSize())));
    }
    List<String> args = run.command().shell() ? withShell(command.args) : command.args;
    String origin = run.origin().text();
    String shown =
        StepNames.shown(expander, origin + command.summary, masked(specs), Style.DISPLAY);
    List<String> env = new ArrayList<>(state.env.entries());
    if (mounts.socket().isPresent() && state.env.get("SSH_AUTH_SOCK").isEmpty()) {
      env.add("SSH_AUTH_SOCK=" + mounts.socket().get());
    }
    // A program may read anything.
    state.paths.add("/");
    // Every RUN has all of it in its marshalled form.
    for (String entry : env) {
      budget.spend(entry.length() + 8L);
    }
    state.steps.add(
        new Step.Run(
            StepNames.label(state, planned, shown, origin, true),
            new ExecMeta(
                args,
                env,
                state.dir,
                state.draft().user,
                ProxyArguments.of(config.buildArgs()),
                config.extraHosts(),
                config.hostname(),
                config.ulimits(),
                config.cgroupParent(),
                true,
                List.of()),
            mounts.mounts(),
            mounts.secrets(),
            mounts.secretEnv(),
            network(run.network()),
            run.security() == Instruction.Security.INSECURE
                ? SecurityMode.INSECURE
                : SecurityMode.SANDBOX,
            run.devices().stream()
                .map(device -> new CdiDevice(device.name(), !device.required()))
                .toList()));
    HistoryText.add(
        state, "RUN " + prefix() + String.join(" ", args) + " # buildkit", false, epoch, budget);
  }

  private List<String> withShell(List<String> args) {
    List<String> words = new ArrayList<>(state.draft().shellOrDefault());
    words.add(String.join(" ", args));
    return words;
  }

  private NetworkMode network(Instruction.Network asked) {
    return switch (asked) {
      case DEFAULT -> config.network();
      case NONE -> NetworkMode.NONE;
      case HOST -> NetworkMode.HOST;
    };
  }

  /** The build arguments that a history entry starts with: {@code |2 A=1 B=2 }. */
  private String prefix() throws DockerfileException {
    Map<String, String> shown = new LinkedHashMap<>();
    for (Instruction.Argument argument : state.buildArgs) {
      String value = state.env.get(argument.name()).or(argument::value).orElse("");
      shown.put(argument.name(), value);
    }
    if (shown.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder("|").append(shown.size()).append(' ');
    for (Map.Entry<String, String> entry : shown.entrySet()) {
      budget.spend(entry.getKey().length() + entry.getValue().length());
      text.append(entry.getKey()).append('=').append(entry.getValue()).append(' ');
    }
    return text.toString();
  }

  private static Variables masked(Map<String, String> values, Variables rest) {
    Variables mask = name -> Optional.ofNullable(values.get(name));
    return mask.or(rest);
  }

  /** Values of secrets are not known here; the stars say that there is one. */
  private Variables masked(List<MountSpec> specs) {
    Map<String, String> stars = new LinkedHashMap<>();
    for (MountSpec spec : specs) {
      if (spec.type() == MountSpec.Type.SECRET) {
        spec.env().ifPresent(name -> stars.put(name, "****"));
      }
    }
    return masked(stars, state.env);
  }

  private Command command(CommandLine line) throws DockerfileException {
    if (line.heredocs().isEmpty()) {
      return new Command(line.words(), Optional.empty(), "");
    }
    if (line.words().size() != 1) {
      // The document was announced in a flag.
      throw new DockerfileException(
          "parsing produced an invalid run command: " + HistoryText.list(line.words()));
    }
    String only = line.words().getFirst();
    if (Heredoc.announcedBy(only).isEmpty()) {
      StringBuilder whole = new StringBuilder(only);
      for (Heredoc heredoc : line.heredocs()) {
        whole.append('\n').append(heredoc.content()).append(heredoc.name());
      }
      return new Command(List.of(whole.toString()), Optional.empty(), "");
    }
    Heredoc heredoc = line.heredocs().getFirst();
    String body = heredoc.body();
    String summary = " (" + summary(heredoc.content()) + ")";
    if (!body.startsWith("#!") || state.draft().platform.os().equals("windows")) {
      return new Command(List.of(body), Optional.empty(), summary);
    }
    String path = UnixPath.join("/", heredoc.name());
    Step.Mount script =
        new Step.Mount(
            new Content.Inline(path, 0755, body.getBytes(StandardCharsets.UTF_8)),
            "/",
            SCRIPTS,
            false,
            new ExecMount.Bind());
    return new Command(
        List.of(UnixPath.join(SCRIPTS, heredoc.name())), Optional.of(script), summary);
  }

  private static String summary(String content) {
    String[] lines = content.strip().replace("\r\n", "\n").split("\n", 2);
    return lines[0] + (lines.length > 1 ? "..." : "");
  }
}
