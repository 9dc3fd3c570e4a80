package dev.obdbuild.oci.registry;

import java.io.IOException;
import java.util.Optional;

/**
 * Where logins come from. Thread-safe. Asked before each new token, so that it may change its
 * answer.
 */
@FunctionalInterface
public interface Credentials {
  /**
   * The login for {@code registry} ({@code host[:port]}, {@code docker.io} for the hub), or nothing
   * to go without.
   *
   * @throws IOException if it could not be found out, for example because a credential helper
   *     failed
   */
  Optional<Login> login(String registry) throws IOException;

  /** No login for any registry. */
  static Credentials none() {
    return registry -> Optional.empty();
  }
}
