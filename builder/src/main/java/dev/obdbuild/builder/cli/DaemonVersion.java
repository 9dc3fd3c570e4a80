package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.daemon.Daemon;
import picocli.CommandLine.IVersionProvider;

/** One line; under the name of BuildKit's daemon in its form, which buildx reads. */
final class DaemonVersion implements IVersionProvider {

  @Override
  public String[] getVersion() {
    DaemonName name = DaemonName.current();
    String line =
        name.isBuildkitd()
            ? "buildkitd " + Daemon.interfaceVersion() + " obd-build"
            : name.program() + " " + VersionCommand.version();
    return new String[] {line};
  }
}
