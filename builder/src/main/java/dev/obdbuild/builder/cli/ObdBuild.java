package dev.obdbuild.builder.cli;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code obd-build}. Without a subcommand it builds. */
@Command(
    name = "obd-build",
    description = {
      "Builds container images whose root filesystem is a block device (overlaybd).",
      "Without a command it builds: 'obd-build -t app .' is 'obd-build build -t app .'."
    },
    synopsisHeading = "Usage: ",
    customSynopsis = {
      "obd-build [build options] PATH",
      "       obd-build COMMAND [options] [arguments]"
    },
    descriptionHeading = "%n",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "1:the build or the operation failed",
      "2:the command line makes no sense",
      "3:the host lacks something; the message names it ('obd-build setup' installs it)",
      "125:run could not start the container; else run exits with the command's code",
      "127:run: the image has no such program; otherwise: no JDK 25 was found",
      "130:interrupted by Ctrl-C"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  obd-build -t app examples/hello && obd-build run app",
      "  obd-build -t registry:5000/team/app:1 --push .",
      "  obd-build convert registry:5000/debian:12 registry:5000/debian:12-obd",
      "",
      "'obd-build COMMAND --help' explains a command. 'obd-build setup' installs what the host lacks."
    },
    versionProvider = ObdBuild.Version.class)
public final class ObdBuild implements Runnable {

  /**
   * The commands in the order of the help. Only the one that is named is looked into: all of them
   * would take as long as a short build.
   */
  private static final SequencedMap<String, Class<?>> COMMANDS = commands();

  @Spec private CommandSpec spec;

  @CommandLine.Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  private boolean help;

  @CommandLine.Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  private boolean version;

  @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
  ObdBuild() {}

  /** Runs one command and ends the process. */
  public static void main(String[] args) {
    MainProgram.halt(run(List.of(args)));
  }

  /** Runs one command in this process and returns its exit code. */
  static int run(List<String> args) {
    List<String> command = Arguments.withCommand(args, COMMANDS.keySet());
    String first = command.getFirst();
    Set<String> needed = COMMANDS.containsKey(first) ? Set.of(first) : COMMANDS.keySet();
    return commandLine(needed).execute(command.toArray(String[]::new));
  }

  /** The command line with all its commands. */
  static CommandLine commandLine() {
    return commandLine(COMMANDS.keySet());
  }

  private static CommandLine commandLine(Set<String> commands) {
    CommandLine line = new CommandLine(new ObdBuild());
    COMMANDS.forEach(
        (name, command) -> {
          if (commands.contains(name)) {
            line.addSubcommand(name, command);
          }
        });
    MainProgram.mannered(line);
    // What follows the image of a run belongs to the container's command.
    line.getSubcommands()
        .forEach((name, command) -> command.setStopAtPositional(name.equals(RunCommand.NAME)));
    return line;
  }

  private static SequencedMap<String, Class<?>> commands() {
    SequencedMap<String, Class<?>> all = new LinkedHashMap<>();
    all.put("build", BuildCommand.class);
    all.put(CheckCommand.NAME, CheckCommand.class);
    all.put(OutlineCommand.NAME, OutlineCommand.class);
    all.put(TargetsCommand.NAME, TargetsCommand.class);
    all.put(RunCommand.NAME, RunCommand.class);
    all.put("push", PushCommand.class);
    all.put("convert", ConvertCommand.class);
    all.put("images", ImagesCommand.class);
    all.put("inspect", InspectCommand.class);
    all.put("rmi", RmiCommand.class);
    all.put("mount", MountCommand.class);
    all.put("devices", DevicesCommand.class);
    all.put("du", DuCommand.class);
    all.put("prune", PruneCommand.class);
    all.put("verify", VerifyCommand.class);
    all.put("completion", CompletionCommand.class);
    all.put("version", VersionCommand.class);
    return Collections.unmodifiableSequencedMap(all);
  }

  /** What {@code --version} prints. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"obd-build " + VersionCommand.version()};
    }
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "nothing to do: name a folder to build or a command");
  }
}
