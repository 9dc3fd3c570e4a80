package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.config.HostOptions;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The state folder. */
final class RootFlag {

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "State folder (default /var/lib/obd-build). Several processes may share one.")
  private Path root = HostOptions.DEFAULT_ROOT;

  Path root() {
    return root.toAbsolutePath().normalize();
  }

  /** This folder with everything else as usual. */
  HostOptions options() {
    return HostOptions.of(root());
  }
}
