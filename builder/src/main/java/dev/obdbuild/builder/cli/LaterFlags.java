package dev.obdbuild.builder.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Flags of docker build and buildx that are refused by name, so that none is silently ignored. */
final class LaterFlags {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the annotated field
  LaterFlags() {}

  @Option(names = "--builder", hidden = true)
  void builder(String value) {
    refuse("--builder", "builders are named by their address: --addr");
  }

  @Option(names = "--policy", hidden = true)
  void policy(String value) {
    refuse("--policy", "policies about sources are not supported yet");
  }

  private void refuse(String flag, String why) {
    throw new ParameterException(spec.commandLine(), flag + ": " + why);
  }
}
