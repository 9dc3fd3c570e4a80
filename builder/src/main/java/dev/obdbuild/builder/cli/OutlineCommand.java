package dev.obdbuild.builder.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code obd-build outline}. */
@Command(
    name = OutlineCommand.NAME,
    description =
        "Shows the arguments, secrets and ssh agents that a target of a Dockerfile takes. Builds nothing.",
    customSynopsis = "obd-build outline [options] [PATH]",
    footer = {
      "  obd-build outline --target test .",
      "  obd-build outline --json --build-arg V=2 ."
    })
final class OutlineCommand implements Callable<Integer> {
  static final String NAME = "outline";

  @Mixin private QuestionFlags question = new QuestionFlags();

  @Override
  public Integer call() throws Exception {
    return question.ask(NAME);
  }
}
