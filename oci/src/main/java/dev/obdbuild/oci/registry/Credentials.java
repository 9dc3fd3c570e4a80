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

  /**
   * A token, from whoever would rather fetch it than tell a password; nothing when {@link #login}
   * is to be asked. Where it is not overridden there is none.
   *
   * @throws IOException when there should be one and it could not be got
   */
  default Optional<BearerToken> token(TokenQuestion question) throws IOException {
    return Optional.empty();
  }

  /** No login for any registry. */
  static Credentials none() {
    return registry -> Optional.empty();
  }
}
