package dev.obdbuild.builder.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code obd-build targets}. */
@Command(
    name = TargetsCommand.NAME,
    description = "Lists the targets of a Dockerfile. Builds nothing.",
    customSynopsis = "obd-build targets [options] [PATH]",
    footer = {"  obd-build targets .", "  obd-build targets --json ."})
final class TargetsCommand implements Callable<Integer> {
  static final String NAME = "targets";

  @Mixin private QuestionFlags question = new QuestionFlags();

  @Override
  public Integer call() throws Exception {
    return question.ask(NAME);
  }
}
