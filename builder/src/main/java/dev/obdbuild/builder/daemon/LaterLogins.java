package dev.obdbuild.builder.daemon;

import dev.obdbuild.oci.registry.BearerToken;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.Login;
import dev.obdbuild.oci.registry.TokenQuestion;
import java.io.IOException;
import java.util.Optional;

/**
 * Logins that are not known when the engine is opened, which needs some: until then, none.
 * Thread-safe.
 */
final class LaterLogins implements Credentials {

  private volatile Credentials known = Credentials.none();

  /** What they are from now on. */
  void become(Credentials credentials) {
    known = credentials;
  }

  @Override
  public Optional<Login> login(String registry) throws IOException {
    return known.login(registry);
  }

  @Override
  public Optional<BearerToken> token(TokenQuestion question) throws IOException {
    return known.token(question);
  }
}
