package dev.obdbuild.backstore.config;

import dev.obdbuild.oci.registry.HostConfig.ClientKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where logins come from. */
public sealed interface CredentialSpec {
  /** A file in docker's form, which need not exist. */
  record InFile(Path file) implements CredentialSpec {}

  /**
   * A service that is asked by HTTP.
   *
   * @param socket unix socket that it listens on; empty for {@code url}'s own host
   * @param ca the only authority whose certificate it may show
   * @param client what to show to it
   */
  record Service(
      String url,
      Optional<Path> socket,
      Duration timeout,
      Optional<Path> ca,
      Optional<ClientKey> client)
      implements CredentialSpec {}
}
