package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.config.BuildOptions;
import dev.obdbuild.builder.config.CallSpec;
import dev.obdbuild.builder.progress.ProgressMode;
import dev.obdbuild.builder.request.Preparation;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What a question about a Dockerfile is asked with, and the headings of its help. Nothing is built
 * for an answer.
 */
@Command(
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%nArguments:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n")
final class QuestionFlags {

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private DaemonFlags daemon = new DaemonFlags();
  @Mixin private HostFlags host = new HostFlags();
  @Mixin private FrontendFlags frontend = new FrontendFlags();
  @Mixin private LentFlags lent = new LentFlags();

  @Parameters(
      paramLabel = "PATH",
      arity = "0..1",
      description = "The context: a folder (default .), an address, or - for standard input.")
  private String context = ".";

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "The Dockerfile (default PATH/Dockerfile); - for standard input.")
  private Optional<String> file = Optional.empty();

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  /** Prints the answer; returns the exit code that it asks for. */
  int ask(String question) throws Exception {
    BuildOptions options = options(question);
    Builder builder = daemon.builder(options.host());
    try (Preparation preparation = Preparation.of(options, BuildCommand.surroundings())) {
      return Operation.ask(options, builder, preparation.request());
    }
  }

  BuildOptions options(String question) {
    return new BuildOptions(
        context,
        file,
        frontend.options(),
        lent.options(),
        lent.entitlements(frontend.isHostNetwork()),
        new OutputFlags().options(),
        lent.caches(),
        Optional.of(CallSpec.parse(question + (json ? ",format=json" : "")).orElseThrow()),
        ProgressMode.QUIET,
        host.options());
  }
}
