package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.DialStdio;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obd-buildd dial-stdio}: what buildx's drivers start inside the daemon's container. */
@Command(
    name = "dial-stdio",
    description = "Joins standard input and output with a connection to the daemon.",
    customSynopsis = "obd-buildd dial-stdio [--addr ADDRESS]",
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = "  ssh builder obd-buildd dial-stdio")
final class DialStdioCommand implements Callable<Integer> {

  @Mixin private HelpFlag help = new HelpFlag();

  @Option(names = "--addr", paramLabel = "ADDRESS", description = "Where the daemon listens.")
  private Optional<String> address = Optional.empty();

  @Override
  public Integer call() throws Exception {
    DialStdio.run(Address.parse(address.orElse(DaemonName.current().address())));
    return ExitCode.SUCCESS;
  }
}
