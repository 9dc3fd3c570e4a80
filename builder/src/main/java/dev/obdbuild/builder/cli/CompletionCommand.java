package dev.obdbuild.builder.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code obd-build completion}. */
@Command(
    name = "completion",
    description = "Prints a completion script for bash and zsh.",
    synopsisHeading = "Usage: ",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = "  source <(obd-build completion)")
final class CompletionCommand implements Callable<Integer> {

  @Mixin private HelpFlag help = new HelpFlag();

  @Override
  public Integer call() {
    System.out.println(AutoComplete.bash("obd-build", ObdBuild.commandLine()));
    return ExitCode.SUCCESS;
  }
}
