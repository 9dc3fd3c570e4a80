package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.HostNeeds;
import dev.obdbuild.builder.config.ConfigFile;
import dev.obdbuild.builder.config.HostOptions;
import dev.obdbuild.oci.registry.DockerConfigCredentials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Opens the engine for the user who typed the command. */
final class Session {

  private static final String CONFIG_VARIABLE = "OBD_CONFIG";

  private Session() {}

  /**
   * Opens it.
   *
   * @throws dev.obdbuild.builder.HostException when this host lacks something
   */
  static Engine open(HostOptions host) throws IOException {
    HostNeeds.check("obd-build");
    Optional<String> named =
        Optional.ofNullable(System.getenv(CONFIG_VARIABLE)).filter(name -> !name.isEmpty());
    ConfigFile config =
        named.isPresent() ? ConfigFile.read(Path.of(named.get())) : ConfigFile.readDefault();
    return Engine.open(host, config, DockerConfigCredentials.ofUser(System.getenv()));
  }
}
