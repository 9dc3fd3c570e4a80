package dev.obdbuild.builder.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code obd-build check}. */
@Command(
    name = CheckCommand.NAME,
    description =
        "Looks for what is wrong in a Dockerfile; exits with 1 if something is. Builds nothing.",
    customSynopsis = "obd-build check [options] [PATH]",
    footer = {"  obd-build check .", "  obd-build check --json -f docker/Dockerfile.ci ."})
final class CheckCommand implements Callable<Integer> {
  static final String NAME = "check";

  @Mixin private QuestionFlags question = new QuestionFlags();

  @Override
  public Integer call() throws Exception {
    return question.ask(NAME);
  }
}
