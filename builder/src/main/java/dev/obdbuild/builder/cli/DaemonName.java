package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.config.ConfigFile;
import dev.obdbuild.builder.config.HostOptions;
import java.nio.file.Path;

/**
 * The name that the daemon was started under, and what it does when it is not told: under the name
 * of BuildKit's daemon it listens, keeps its state and is configured where that one would.
 *
 * @param program as the user knows it
 * @param address where it listens
 * @param root the state folder
 * @param config the configuration, if it is there
 */
record DaemonName(String program, String address, Path root, Path config) {

  /** Where a daemon listens that is not told and has its own name. */
  static final String DEFAULT_ADDRESS = "unix:///run/obd-build/obd-buildd.sock";

  /** Its own. */
  private static final DaemonName OWN =
      new DaemonName("obd-buildd", DEFAULT_ADDRESS, HostOptions.DEFAULT_ROOT, ConfigFile.DEFAULT);

  private static final DaemonName BUILDKITD =
      new DaemonName(
          "buildkitd",
          "unix:///run/buildkit/buildkitd.sock",
          Path.of("/var/lib/buildkit"),
          Path.of("/etc/buildkit/buildkitd.toml"));

  /** What the launcher passes on. */
  private static final String PROPERTY = "obd.program";

  /** The name of this process. */
  static DaemonName current() {
    return System.getProperty(PROPERTY, "").startsWith(BUILDKITD.program) ? BUILDKITD : OWN;
  }

  boolean isBuildkitd() {
    return equals(BUILDKITD);
  }
}
