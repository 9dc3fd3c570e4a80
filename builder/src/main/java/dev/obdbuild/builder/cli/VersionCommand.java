package dev.obdbuild.builder.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code obd-build version}. */
@Command(name = "version", description = "Shows the version.", synopsisHeading = "Usage: ")
final class VersionCommand implements Callable<Integer> {

  @Mixin private HelpFlag help = new HelpFlag();

  static String version() {
    return Optional.ofNullable(VersionCommand.class.getPackage().getImplementationVersion())
        .orElse("unpackaged");
  }

  @Override
  public Integer call() {
    System.out.println("obd-build " + version());
    return ExitCode.SUCCESS;
  }
}
