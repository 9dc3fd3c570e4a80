package dev.obdbuild.builder.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code obd-backstore}: images of the original's configuration files as devices. */
@Command(
    name = "obd-backstore",
    description = {
      "Serves overlaybd images as block devices, from the configuration files of the original tools."
    },
    synopsisHeading = "Usage: ",
    customSynopsis = "obd-backstore COMMAND [options] [arguments]",
    descriptionHeading = "%n",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "1:the operation failed",
      "2:the command line makes no sense",
      "3:the host lacks something; the message names it"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  obd-backstore attach --detach /var/lib/images/app/config.v1.json",
      "  obd-backstore devices",
      "  obd-backstore detach /dev/loop3",
      "  obd-backstore serve",
      "",
      "'obd-backstore COMMAND --help' explains a command."
    },
    versionProvider = ObdBackstore.Version.class,
    subcommands = {
      AttachCommand.class,
      DetachCommand.class,
      AttachedCommand.class,
      ServeCommand.class
    })
public final class ObdBackstore implements Runnable {

  @Spec private CommandSpec spec;

  @Mixin private HelpFlag help = new HelpFlag();

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  private boolean version;

  @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
  ObdBackstore() {}

  /** Runs one command and ends the process. */
  public static void main(String[] args) {
    MainProgram.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return MainProgram.mannered(new CommandLine(new ObdBackstore()));
  }

  /** What {@code --version} prints. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"obd-backstore " + VersionCommand.version()};
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command");
  }
}
